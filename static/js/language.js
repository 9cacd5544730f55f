// A link to another language keeps the rest of the address.
export default function language(list) {
  for (const link of list.querySelectorAll("a[hreflang]")) {
    const address = new URL(location.href);
    address.searchParams.set("lang", link.hreflang);
    address.hash = "";
    link.href = address.href;
  }
}
