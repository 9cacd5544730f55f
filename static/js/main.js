// Binds each element with data-module="name other" to ./name.js, whose default export is called with the element.
const bound = new WeakMap();

export async function bind(root = document) {
  for (const element of root.querySelectorAll("[data-module]")) {
    const done = bound.get(element) ?? new Set();
    bound.set(element, done);
    for (const name of element.dataset.module.split(/\s+/)) {
      if (done.has(name) || !/^[a-z][a-z-]*$/.test(name)) continue;
      done.add(name);
      import(`./${name}.js`)
        .then((module) => module.default(element))
        .catch((error) => console.warn(`module ${name}:`, error));
    }
  }
}

// The answer to a form, a refused one say, would on Back ask to send the form again. Named anew, it is opened instead.
if ("answersAForm" in document.body.dataset) history.replaceState(history.state, "");

bind();
