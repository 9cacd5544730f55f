// The choice of system, light or dark. Kept in a cookie, so that the server writes it into the next page and nothing flickers.
const YEAR = 365 * 24 * 3600;

export default function theme(fieldset) {
  fieldset.hidden = false;
  fieldset.addEventListener("change", ({ target }) => {
    const chosen = target.value;
    if (chosen) document.documentElement.dataset.theme = chosen;
    else delete document.documentElement.dataset.theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `${fieldset.dataset.cookie}=${chosen}; Path=/; Max-Age=${chosen ? YEAR : 0}; SameSite=Lax${secure}`;
  });
}
