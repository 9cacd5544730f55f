// Moves a visit by dragging it: the block follows the pointer in steps of a quarter of an hour, and letting go opens the
// page that asks whether to move it there. Nothing is changed by the drag itself; the keyboard's way is that page too.
const ROWS_AN_HOUR = 12;
const STEP = 3;
const SLACK = 6;

export default function calendar(box) {
  if (!matchMedia("(min-width: 52rem)").matches) return;
  const first = Number(box.dataset.firstHour);
  const days = [...box.querySelectorAll("[data-day]")];
  box.dataset.drags = "";

  for (const block of box.querySelectorAll("[data-move]")) {
    block.addEventListener("pointerdown", (event) => {
      if (event.button === 0) hold(block, event);
    });
    block.addEventListener("click", (event) => {
      if (block.dataset.dropped) event.preventDefault();
    });
  }

  function hold(block, start) {
    const grid = block.closest(".cal__grid");
    const height = block.getBoundingClientRect().height / Number(block.dataset.rows);
    const grip = start.clientY - block.getBoundingClientRect().top;
    let target = null;

    function move(event) {
      const far = Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY);
      if (!target && far < SLACK) return;
      event.preventDefault();
      const day = days.find((one) => {
        const { left, right } = one.getBoundingClientRect();
        return event.clientX >= left && event.clientX < right;
      });
      if (!day) return;
      if (!target) block.setPointerCapture(event.pointerId);
      block.dataset.held = "";
      const area = day.querySelector(".cal__grid");
      const row = Math.round((event.clientY - grip - area.getBoundingClientRect().top) / height / STEP) * STEP;
      const last = Math.round(area.getBoundingClientRect().height / height) - Number(block.dataset.rows);
      target = { day: day.dataset.day, row: Math.max(0, Math.min(row, last)) };
      place(block, grid, area, target.row);
    }

    function drop() {
      block.removeEventListener("pointermove", move);
      block.removeEventListener("pointerup", drop);
      block.removeEventListener("pointercancel", cancel);
      if (!target) return;
      block.dataset.dropped = "yes";
      const minutes = first * 60 + (target.row * 60) / ROWS_AN_HOUR;
      const time = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0")).join(":");
      location.assign(`${block.dataset.move}?to=${target.day}T${time}`);
    }

    function cancel() {
      target = null;
      drop();
      back(block);
    }

    block.addEventListener("pointermove", move);
    block.addEventListener("pointerup", drop);
    block.addEventListener("pointercancel", cancel);
  }

  addEventListener("pageshow", () => {
    for (const block of box.querySelectorAll("[data-dropped]")) back(block);
  });
}

// The block keeps its own column in the document and is only drawn elsewhere.
function place(block, grid, area, row) {
  block.style.gridRowStart = String(row + 1);
  block.style.translate = `${area.getBoundingClientRect().left - grid.getBoundingClientRect().left}px 0`;
}

function back(block) {
  block.style.gridRowStart = "";
  block.style.translate = "";
  delete block.dataset.held;
  delete block.dataset.dropped;
}
