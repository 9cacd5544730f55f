// Gives a password field a button that shows what is typed.
export default function reveal(box) {
  const input = box.querySelector("input");
  const row = document.createElement("div");
  const button = document.createElement("button");
  const { show, hide, for: name } = box.dataset;
  row.className = "reveal";
  button.type = "button";
  button.className = "reveal__button";
  const tell = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? hide : show;
    button.setAttribute("aria-label", `${shown ? hide : show}: ${name}`);
  };
  input.replaceWith(row);
  row.append(input, button);
  tell(false);
  button.addEventListener("click", () => tell(input.type === "password"));
  input.form?.addEventListener("submit", () => tell(false));
}
