// Copies the text of a field; the button is shown only where that can work.
import { toast } from "./toast.js";

export default function copy(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
    toast(button.dataset.done);
  });
}
