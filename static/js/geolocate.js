// "Use my location": fills the where field with a point rounded to about 100 m. Shown only where the browser can.
const WAIT = { timeout: 10_000, maximumAge: 300_000, enableHighAccuracy: false };

export default function geolocate(box) {
  const button = box.querySelector("button");
  const message = box.querySelector("[role=status]");
  const field = document.getElementById(box.dataset.for);
  if (!navigator.geolocation || !window.isSecureContext || !field) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    message.textContent = box.dataset.working;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
        field.dispatchEvent(new Event("located"));
        message.textContent = box.dataset.done;
      },
      (error) => {
        message.textContent = error.code === error.PERMISSION_DENIED ? box.dataset.denied : box.dataset.failed;
        field.focus();
      },
      WAIT,
    );
  });
}
