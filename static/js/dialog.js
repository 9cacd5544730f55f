// A link that opens the <dialog> named by data-for instead of its page. Escape, the backdrop and [data-closes] close it.
export default function dialog(opener) {
  const box = document.getElementById(opener.dataset.for);
  if (!box?.showModal) return;
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-haspopup", "dialog");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    box.showModal();
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    box.showModal();
  });
  box.addEventListener("click", (event) => {
    if (event.target === box || event.target.closest("[data-closes]")) box.close();
  });
  box.addEventListener("close", () => opener.focus());
}
