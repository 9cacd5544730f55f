// Suggestions for a place (ARIA 1.2 combobox with a list). The field stays a plain text field: typing anything and
// sending it always works, and a server that does not answer only means that no suggestions come.
const DELAY_MS = 180;
const LEAST = 2;

export default function combobox(box) {
  const input = box.querySelector("input");
  const status = box.querySelector("[data-part=status]");
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "combobox__list";
  list.role = "listbox";
  list.hidden = true;
  list.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  box.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off" })) {
    input.setAttribute(name, value);
  }

  let timer, request;
  let active = -1;

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (option) => {
    input.value = option.dataset.value;
    close();
    status.textContent = "";
  };

  const point = (index) => {
    const options = [...list.children];
    if (!options.length) return;
    active = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    input.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  };

  const show = (places) => {
    list.replaceChildren(...places.map((place, at) => asOption(place, `${list.id}-${at}`)));
    const some = places.length > 0 && document.activeElement === input;
    list.hidden = !some;
    active = -1;
    input.setAttribute("aria-expanded", String(some));
    input.removeAttribute("aria-activedescendant");
    status.textContent = some ? box.dataset.some.replace("{count}", places.length) : box.dataset.none;
  };

  const look = async () => {
    request?.abort();
    const words = input.value.trim();
    if (words.length < LEAST) return close();
    request = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.source}?q=${encodeURIComponent(words)}`, {
        signal: request.signal,
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) return close();
      const body = await answer.json();
      if (input.value.trim() === words) show(Array.isArray(body) ? body : (body.places ?? []));
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, DELAY_MS);
  });
  input.addEventListener("located", close);
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (open) point(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
      else look();
    } else if (event.key === "Enter" && open && active >= 0) {
      event.preventDefault();
      choose(list.children[active]);
    } else if (event.key === "Escape") {
      if (open) event.preventDefault();
      close();
    }
  });
}

function asOption(place, id) {
  const option = document.createElement("li");
  option.id = id;
  option.role = "option";
  option.className = "combobox__option";
  option.dataset.value = place.label;
  option.setAttribute("aria-selected", "false");
  option.textContent = place.label;
  return option;
}
