// A preview of the words as the page will show them: asked from the server, so that it is exactly what visitors get.
const PAUSE = 350;

export default function bio(box) {
  const text = box.querySelector("textarea");
  const place = box.querySelector("[data-part=html]");
  const token = text.form.querySelector("[name=csrf_token]")?.value ?? "";
  let timer;
  let asked = 0;
  let shown = false;

  async function ask() {
    const number = ++asked;
    const answer = await fetch(box.dataset.url, {
      method: "POST",
      body: new URLSearchParams({ bio: text.value, csrf_token: token }),
      headers: { "X-CSRFToken": token },
    });
    if (!answer.ok || number !== asked) return;
    // The server cleaned it: paragraphs, lists, emphasis and links only.
    place.innerHTML = await answer.text();
    if (!shown) box.querySelector("[data-part=preview]").open = true;
    shown = true;
  }

  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask().catch(() => {}), PAUSE);
  });
}
