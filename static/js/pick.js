// A doctor's button beside a therapist: sent without leaving the page, then its row and the bar are taken from the answer.
// One after the other, so that the bar says what is true after the last. The focus is taken along where it was inside of
// what changed; a person who is at something else by then stays there.
import { bind } from "./main.js";

let before = Promise.resolve();

export default function pick(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter;
    const body = new FormData(form, pressed);
    pressed.focus(); // not every browser does
    before = before.then(() => send(form, body)).catch(() => sendAsAPage(form, pressed));
  });
}

async function send(form, body) {
  const row = form.closest(".pick");
  const answer = await fetch(form.action, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.getElementById(row.id)) throw new Error("no row");
  for (const id of [row.id, "pick-bar"]) swap(document.getElementById(id), page.getElementById(id));
  const problem = page.querySelector(".flashes .notice");
  if (problem) document.querySelector(".flashes")?.replaceChildren(problem);
  bind(document.getElementById(row.id));
}

const stops = (part) => [...part.querySelectorAll("a, button")];

function swap(old, fresh) {
  if (!old || !fresh) return;
  const focused = stops(old).indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (focused >= 0) stops(fresh)[focused]?.focus();
}

function sendAsAPage(form, pressed) {
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: pressed.name, value: pressed.value }));
  form.submit();
}
