// Searches in the browser: reads the index a piece at a time, newest first, and shows what fits.
(() => {
  "use strict";
  const LIMIT = 100;
  const field = document.getElementById("q");
  const state = document.getElementById("search-state");
  const list = document.getElementById("search-results");
  const root = list.dataset.root;
  const loaded = new Map();
  let current = 0;

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const load = (file) => {
    if (!loaded.has(file)) {
      const reading = fetch(`${root}search/${file}`).then((answer) => {
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      });
      reading.catch(() => loaded.delete(file));
      loaded.set(file, reading);
    }
    return loaded.get(file);
  };

  // What is found in the title counts most; all words must be there.
  const weigh = (post, words) => {
    post.folded ??= [fold(post.title), fold([post.source, ...post.authors, ...post.tags].join(" ")), fold(post.text)];
    let weight = 0;
    for (const word of words) {
      const at = post.folded.findIndex((part) => part.includes(word));
      if (at < 0) return 0;
      weight += [8, 4, 1][at];
    }
    return weight;
  };

  const show = (post) => {
    const item = document.createElement("li");
    const kicker = document.createElement("p");
    kicker.className = "kicker";
    kicker.textContent = post.source;
    const title = document.createElement("h2");
    title.className = "card-title";
    title.dir = "auto";
    if (post.lang) title.lang = post.lang;
    const link = document.createElement("a");
    link.href = root + post.path;
    link.textContent = post.title;
    title.append(link);
    const text = document.createElement("p");
    text.className = "card-excerpt";
    text.dir = "auto";
    text.textContent = post.text;
    const date = document.createElement("p");
    date.className = "card-meta";
    date.textContent = new Date(post.date).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });
    item.append(kicker, title, text, date);
    return item;
  };

  const search = async (query) => {
    const turn = ++current;
    const words = fold(query).split(/\s+/u).filter(Boolean).slice(0, 10);
    list.replaceChildren();
    state.textContent = words.length ? state.dataset.busy : "";
    if (!words.length) return;
    const found = [];
    try {
      const { shards } = await load("index.json");
      for (const shard of shards) {
        const { posts } = await load(shard);
        if (turn !== current) return;
        for (const post of posts) {
          const weight = weigh(post, words);
          if (weight) found.push([weight, post]);
        }
      }
    } catch {
      if (turn === current) state.textContent = state.dataset.failed;
      return;
    }
    if (turn !== current) return;
    found.sort(([a, one], [b, other]) => b - a || other.date.localeCompare(one.date));
    list.replaceChildren(...found.slice(0, LIMIT).map(([, post]) => show(post)));
    const { one, many, none } = state.dataset;
    state.textContent = !found.length ? none : found.length === 1 ? one : many.replace("{count}", found.length);
  };

  const remember = (query) => {
    const url = new URL(location);
    query ? url.searchParams.set("q", query) : url.searchParams.delete("q");
    history.replaceState(null, "", url);
  };

  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      remember(field.value);
      search(field.value);
    }, 150);
  });
  field.form.addEventListener("submit", (event) => {
    event.preventDefault();
    remember(field.value);
    search(field.value);
  });
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  search(field.value);
})();
