// The filter panel: leaves empty fields out of the address, and closes with Escape.
export default function filters(form) {
  form.addEventListener("submit", () => {
    for (const control of form.elements) {
      if (control.name && control.value === "" && control.type !== "submit") control.disabled = true;
    }
  });
  window.addEventListener("pageshow", () => {
    for (const control of form.elements) control.disabled = false;
  });
  const panel = form.closest("details");
  panel?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !panel.open) return;
    panel.open = false;
    panel.querySelector("summary").focus();
  });
}
