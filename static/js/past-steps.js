// The steps of a booking that was sent lead to the visit. Whoever goes Back through them would see this page once for each
// of them: they are passed over, to where the person was before the first. Who is typing here already stays.
import { WENT_BACK } from "./step.js";

export default () => {
  const [arrival] = performance.getEntriesByType("navigation");
  const back = arrival?.type === "back_forward" || sessionStorage.getItem(WENT_BACK) === "yes";
  sessionStorage.removeItem(WENT_BACK);
  if (back && arrival.redirectCount > 0 && document.activeElement === document.body) history.back();
};
