// Says something short for a while, aloud for screen readers. Hovering or focusing keeps it.
const SECONDS = 6;

export function toast(text) {
  const area = document.querySelector("[data-toasts]");
  if (!area) return;
  const box = document.createElement("div");
  box.className = "toast";
  box.textContent = text;
  area.append(box);
  let timer = setTimeout(() => box.remove(), SECONDS * 1000);
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", () => (timer = setTimeout(() => box.remove(), SECONDS * 1000)));
}

export default function button(opener) {
  opener.addEventListener("click", () => toast(opener.dataset.text));
}
