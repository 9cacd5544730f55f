// A step that the browser kept in memory is asked for anew on Back: once the request was sent, it must not offer to send it.
export const WENT_BACK = "went-back-to-a-step";

export default () =>
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sessionStorage.setItem(WENT_BACK, "yes");
    location.reload();
  });
