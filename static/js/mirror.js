// Shows what is typed, or was before this came, where people will see it: [data-mirrors="field name"], with data-take, data-before, data-otherwise.
export default function mirror(form) {
  const show = (input) => {
    for (const place of document.querySelectorAll(`[data-mirrors="${CSS.escape(input.name)}"]`)) {
      const text = input.value.trim();
      const shown = place.dataset.take ? text.slice(0, Number(place.dataset.take)).toUpperCase() : text;
      place.textContent = shown ? (place.dataset.before ?? "") + shown : (place.dataset.otherwise ?? "");
    }
  };
  for (const control of form.elements) {
    if (control.name && "defaultValue" in control && control.value !== control.defaultValue) show(control);
  }
  form.addEventListener("input", (event) => event.target.name && show(event.target));
}
