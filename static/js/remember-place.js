// Keeps the place on this device, only while the box is ticked, and fills it in next time, unless the person
// is about to type there.
const KEY = "unknot-place";

export default function rememberPlace(form) {
  const field = form.querySelector("input[name=where]");
  const box = form.querySelector("[data-part=remember]");
  const kept = read();
  box.closest("label").hidden = false;
  box.checked = kept !== null;
  if (kept && !field.value && field !== document.activeElement) field.value = kept;
  box.addEventListener("change", () => box.checked || forget());
  form.addEventListener("submit", () => (box.checked && field.value.trim() ? keep(field.value.trim()) : forget()));
}

function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(place) {
  try {
    localStorage.setItem(KEY, place);
  } catch {
    // Private windows may refuse; then nothing is remembered, which is all right.
  }
}

function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}
