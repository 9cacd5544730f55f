// A doctor's button beside a therapist: sent without leaving the page, then its row and the bar are taken from the answer.
import { bind } from "./main.js";

export default function pick(form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    const row = form.closest(".pick");
    const place = [...row.querySelectorAll("form")].indexOf(form);
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of [row.id, "pick-bar"]) {
        const fresh = page.getElementById(id);
        const old = document.getElementById(id);
        if (id === row.id && !fresh) throw new Error("no row");
        if (fresh && old) old.replaceWith(fresh);
      }
      const problem = page.querySelector(".flashes .notice");
      if (problem) document.querySelector(".flashes")?.replaceChildren(problem);
      bind(document.getElementById(row.id));
      document.getElementById(row.id).querySelectorAll("button")[place]?.focus();
    } catch {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "go", value: event.submitter.value }));
      form.submit();
    }
  });
}
