// The map beside a list. Its pins are the elements with data-lat and data-lon inside #data-for. Leaflet is fetched only
// when the panel comes into view or is opened. A lit card lights its pin, and a lit pin its card.
const EMBEDDED_DETAIL = 6;
const EARTH_KM_PER_DEGREE = 111.195;
const KM_PER_MILE = 1.609344;
const RINGS = [0.5, 1, 2, 5, 10, 25, 50, 100];
let leaflet;

export default function map(panel) {
  panel.dataset.ready = "";
  const toggle = panel.querySelector(".map__toggle");
  const start = once(() => draw(panel).catch(() => say(panel, panel.dataset.failed)));
  new IntersectionObserver((entries, watcher) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    start();
  }).observe(panel.querySelector("[data-part=canvas]"));
  toggle?.addEventListener("click", () => {
    const open = panel.toggleAttribute("data-open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.querySelector("[data-part=show]").hidden = open;
    toggle.querySelector("[data-part=hide]").hidden = !open;
  });
}

async function draw(panel) {
  const { L, clusters } = await load(panel.dataset.vendor);
  const own = panel.dataset.ownTiles === "yes";
  const chart = L.map(panel.querySelector("[data-part=canvas]"), {
    scrollWheelZoom: false,
    zoomControl: false,
    maxZoom: own ? 18 : 13,
    minZoom: 2,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  L.control.zoom({ zoomInTitle: panel.dataset.zoomIn, zoomOutTitle: panel.dataset.zoomOut }).addTo(chart);
  chart.attributionControl.setPrefix(false);
  L.tileLayer(panel.dataset.tiles, {
    maxNativeZoom: own ? 18 : EMBEDDED_DETAIL,
    maxZoom: 18,
    attribution: "© OpenStreetMap contributors",
  }).addTo(chart);
  const pins = addPins(L, chart, clusters, panel);
  const detail = () => panel.toggleAttribute("data-beyond", !own && chart.getZoom() > EMBEDDED_DETAIL + 2);
  chart.on("zoomend", detail);
  frame(L, chart, panel, pins);
  detail();
  new ResizeObserver(() => chart.invalidateSize()).observe(chart.getContainer());
}

function addPins(L, chart, clusters, panel) {
  const layer = clusters
    ? L.markerClusterGroup({
        maxClusterRadius: 36,
        showCoverageOnHover: false,
        iconCreateFunction: (group) =>
          icon(L, "pin pin--many", String(group.getChildCount())),
      })
    : L.layerGroup();
  const cards = document.getElementById(panel.dataset.for)?.querySelectorAll("[data-lat][data-lon]") ?? [];
  const pins = [...cards].map((card) => {
    const pin = L.marker([card.dataset.lat, card.dataset.lon], {
      icon: icon(L, "pin", ""),
      title: card.dataset.name,
      alt: card.dataset.name,
      riseOnHover: true,
    });
    link(card, pin, layer);
    return pin.addTo(layer);
  });
  layer.addTo(chart);
  return pins;
}

function link(card, pin, layer) {
  const lit = (on) => {
    card.toggleAttribute("data-lit", on);
    const shown = layer.getVisibleParent?.(pin) ?? pin;
    shown?.getElement?.()?.toggleAttribute("data-lit", on);
    shown?.setZIndexOffset?.(on ? 1000 : 0);
  };
  for (const [name, on] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) {
    card.addEventListener(name, () => lit(on));
  }
  pin.on("mouseover", () => lit(true)).on("mouseout", () => lit(false));
  pin.on("add", () => {
    const element = pin.getElement();
    element?.addEventListener("focus", () => lit(true));
    element?.addEventListener("blur", () => lit(false));
  });
  pin.on("click", () => {
    card.scrollIntoView({ block: "center" });
    card.querySelector("a")?.focus({ preventScroll: true });
  });
}

// A single place is shown with the towns around it: closer, the embedded map has nothing to say.
function frame(L, chart, panel, pins) {
  const own = panel.dataset.ownTiles === "yes";
  const closest = own ? 14 : panel.dataset.lat ? 11 : EMBEDDED_DETAIL + 1;
  const bounds = L.latLngBounds(pins.map((pin) => pin.getLatLng()));
  const { lat, lon, radiusKm } = panel.dataset;
  if (lat) {
    const here = L.latLng(lat, lon);
    L.marker(here, { icon: icon(L, "pin pin--here", ""), title: panel.dataset.here, alt: panel.dataset.here, keyboard: false, interactive: false, zIndexOffset: -1000 }).addTo(chart);
    const furthest = Math.max(Number(radiusKm) || 0, ...pins.map((pin) => here.distanceTo(pin.getLatLng()) / 1000));
    rings(L, chart, panel, here, furthest);
    L.marker(here, { icon: words(L, "map__place", panel.dataset.place ?? ""), interactive: false, keyboard: false, alt: "" }).addTo(chart);
    bounds.extend(here);
    if (!pins.length && radiusKm) {
      const spread = radiusKm / EARTH_KM_PER_DEGREE;
      bounds.extend([here.lat - spread, here.lng]).extend([here.lat + spread, here.lng]);
    }
  }
  if (bounds.isValid()) chart.fitBounds(bounds, { padding: [36, 36], maxZoom: closest });
  else chart.setView([39, -97], 4);
}

// How far is far: circles at round distances, in the reader's units, each with its number at the top.
function rings(L, chart, panel, here, furthestKm) {
  const unit = panel.dataset.units === "km" ? 1 : KM_PER_MILE;
  const within = RINGS.filter((size) => size * unit <= furthestKm * 1.05).slice(-3);
  for (const size of within) {
    const km = size * unit;
    L.circle(here, { radius: km * 1000, className: "map__circle", interactive: false }).addTo(chart);
    const top = [here.lat + km / EARTH_KM_PER_DEGREE, here.lng];
    const text = panel.dataset.ring.replace("{number}", size);
    L.marker(top, { icon: words(L, "map__ring", text), interactive: false, keyboard: false, alt: "" }).addTo(chart);
  }
}

function words(L, className, text) {
  const label = document.createElement("span");
  label.textContent = text;
  return L.divIcon({ className, html: label, iconSize: [80, 22] });
}

function icon(L, className, text) {
  const dot = document.createElement("span");
  dot.className = "pin__dot";
  dot.textContent = text;
  return L.divIcon({ className, html: dot, iconSize: [44, 44] });
}

function load(vendor) {
  leaflet ??= (async () => {
    await Promise.all([style(`${vendor}/leaflet.css`), style(`${vendor}/MarkerCluster.css`), script(`${vendor}/leaflet.js`)]);
    const clusters = await script(`${vendor}/leaflet.markercluster.js`).then(() => true, () => false);
    return { L: window.L, clusters };
  })();
  return leaflet;
}

function style(href) {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  return added(link, (node) => document.head.prepend(node));
}

function script(src) {
  return added(Object.assign(document.createElement("script"), { src }), (node) => document.head.append(node));
}

function added(node, add) {
  return new Promise((resolve, reject) => {
    node.addEventListener("load", resolve);
    node.addEventListener("error", () => reject(new Error(node.src || node.href)));
    add(node);
  });
}

function say(panel, text) {
  panel.querySelector("[data-part=note]").textContent = text;
}

function once(action) {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
