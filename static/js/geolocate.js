// "Use my location": fills the where field with a point rounded to about 100 m, and the town around it. Shown only where
// the browser can. Finding out may take a while: who types a place meanwhile has chosen that one.
const WAIT = { timeout: 10_000, maximumAge: 300_000, enableHighAccuracy: false };

export default function geolocate(box) {
  const button = box.querySelector("button");
  const message = box.querySelector("[role=status]");
  const field = document.getElementById(box.dataset.for);
  if (!navigator.geolocation || !window.isSecureContext || !field) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const before = field.value;
    message.textContent = box.dataset.working;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (field.value !== before) {
          message.textContent = "";
          return;
        }
        const point = `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
        field.value = point;
        field.dispatchEvent(new Event("located"));
        message.textContent = box.dataset.done;
        named(point).then((label) => {
          if (label.includes("(") && field.value === point) field.value = label;
        });
      },
      (error) => {
        message.textContent = error.code === error.PERMISSION_DENIED ? box.dataset.denied : box.dataset.failed;
        if ([button, document.body].includes(document.activeElement)) field.focus();
      },
      WAIT,
    );
  });
}

// The point behind the town around it, where there is one: "Boulder, CO (40.0150, -105.2700)".
async function named(point) {
  try {
    const answer = await fetch(`/api/v1/places?q=${encodeURIComponent(point)}`);
    return answer.ok ? ((await answer.json())[0]?.label ?? "") : "";
  } catch {
    return "";
  }
}
