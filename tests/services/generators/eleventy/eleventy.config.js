module.exports = function (config) {
  config.addPassthroughCopy({ public: "/" });
  return { pathPrefix: "/blog/", dir: { input: ".", output: "_site" } };
};
