"""The look of the blog: templates, style and scripts; a folder of the owner's may replace any of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PackageLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from aggregator.targets.site import colours

ASSETS = ("style.css", "site.js", "search.js")
MAX_FILE = 1_000_000  #: bytes of a file of the owner's that are read


class Theme:
    """Templates and assets, read once."""

    def __init__(self, folder: Path | None, accent: str) -> None:
        self.folder = folder
        packaged = PackageLoader("aggregator.targets.site", "theme/templates")
        loader = ChoiceLoader([FileSystemLoader(folder), packaged]) if folder else packaged
        # The owner's templates run in a sandbox, which costs a third of the speed; ours need none.
        self._environment = (SandboxedEnvironment if folder else Environment)(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["attributes"] = _attributes
        self.assets = {name: self._asset(name) for name in ASSETS}
        self.assets["style.css"] = _palette(accent) + self.assets["style.css"]
        #: Changes whenever an asset does, so that a browser's copy is never an old one.
        self.version = hashlib.sha256(b"".join(self.assets.values())).hexdigest()[:10]

    def render(self, template: str, context: Mapping[str, object]) -> bytes:
        """A page as bytes. Raises jinja2.TemplateError for a template that can't be used."""
        return self._environment.get_template(template).render(context).encode("utf-8", "replace")

    def fingerprint(self) -> str:
        """Tells whether the look has changed since the pages were written."""
        digest = hashlib.sha256(self.version.encode())
        for name in sorted(self._environment.list_templates()):
            source, _, _ = (self._environment.loader or PackageLoader("")).get_source(self._environment, name)
            digest.update(name.encode() + b"\0" + source.encode() + b"\0")
        return digest.hexdigest()

    def _asset(self, name: str) -> bytes:
        if self.folder and (self.folder / name).is_file():
            return (self.folder / name).read_bytes()[:MAX_FILE]
        return resources.files("aggregator.targets.site").joinpath("theme", "assets", name).read_bytes()


def _palette(accent: str) -> bytes:
    """The owner's colour as variables of the style sheet: inline style is not allowed on the pages."""
    light, dark = (colours.readable(accent, paper) for paper in (colours.LIGHT_PAPER, colours.DARK_PAPER))
    return (
        f":root {{ --accent: {light}; --paper: {colours.LIGHT_PAPER} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; --paper: {colours.DARK_PAPER} }} }}\n"
    ).encode()


def _attributes(pairs: Mapping[str, str]) -> Markup:
    """Attributes of an element, escaped, each with a space before it."""
    return Markup("").join(Markup(' {}="{}"').format(escape(name), value) for name, value in pairs.items())
