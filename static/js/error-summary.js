// After a form came back: the summary takes the focus, unless the person is at work further down already, and its links
// focus the field itself.
export default function errorSummary(box) {
  if (document.activeElement === document.body && !window.scrollY) box.focus();
  box.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const control = field.matches("fieldset") ? field.querySelector("input, select, textarea") : field;
    (control ?? field).focus();
    field.scrollIntoView({ block: "center" });
  });
}
