// A picture that can't be had leaves its description behind, or nothing where it only decorates.
(() => {
  "use strict";
  const missing = (image) => {
    const decoration = image.closest(".card-picture, .lead-picture");
    if (decoration) {
      decoration.closest("article").classList.remove("has-picture");
      decoration.remove();
      return;
    }
    const figure = image.closest("figure");
    if (image.alt === "" && (!figure || figure.textContent.trim() === "")) {
      (figure || image).remove();
      return;
    }
    image.removeAttribute("srcset");
    image.removeAttribute("width");
    image.removeAttribute("height");
    image.classList.add("missing");
  };
  document.addEventListener(
    "error",
    (event) => {
      if (event.target instanceof HTMLImageElement && !event.target.classList.contains("missing")) {
        missing(event.target);
      }
    },
    true,
  );
  for (const image of [...document.images]) {
    if (image.complete && image.naturalWidth === 0 && image.currentSrc !== "") {
      missing(image);
    }
  }
})();
