// Shows what is typed where people will see it: [data-mirrors="field name"], with data-take, data-before, data-otherwise.
export default function mirror(form) {
  const show = (input) => {
    for (const place of document.querySelectorAll(`[data-mirrors="${CSS.escape(input.name)}"]`)) {
      const text = input.value.trim();
      const shown = place.dataset.take ? text.slice(0, Number(place.dataset.take)).toUpperCase() : text;
      place.textContent = shown ? (place.dataset.before ?? "") + shown : (place.dataset.otherwise ?? "");
    }
  };
  form.addEventListener("input", (event) => event.target.name && show(event.target));
}
