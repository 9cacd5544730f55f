// Gives a password field a button that shows what is typed. The field itself stays where it is: moved, it would lose the
// focus of who is typing already.
export default function reveal(box) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  const { show, hide, for: name } = box.dataset;
  button.type = "button";
  button.className = "reveal__button";
  const tell = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? hide : show;
    button.setAttribute("aria-label", `${shown ? hide : show}: ${name}`);
  };
  tell(false);
  input.after(button);
  button.addEventListener("click", () => tell(input.type === "password"));
  input.form?.addEventListener("submit", () => tell(false));
}
