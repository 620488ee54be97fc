/** The lamp: a disc that lights up when it is your turn, with the seconds left, readable from a metre. */

import { announce, h, setText, svg } from "../../dom.js";
import { clock } from "../../format.js";
import { phaseWords } from "./phase_text.js";

const ANNOUNCED_S = [30, 10, 5];
const LAST_SECONDS = 10;

/** `tick` is called once in each of the last ten seconds of an answer. */
export function makeClock(store, tick = () => {}) {
  const arc = svg("circle", { class: "arc", cx: 100, cy: 100, r: 93, pathLength: 1 });
  const face = svg(
    "svg",
    { viewBox: "0 0 200 200", "aria-hidden": "true" },
    svg("circle", { class: "disc", cx: 100, cy: 100, r: 99 }),
    arc,
  );
  const figures = h("p", { class: "figures", role: "timer" });
  const unit = h("p", { class: "unit" });
  const words = h("p", { class: "phase" });
  let turn = null;
  let announced = Infinity;
  let ticked = null;

  function draw() {
    const { state, phase, parted, remaining } = store;
    setText(words, phaseWords(store));
    const left = remaining ?? state?.limit_ms ?? null;
    const isBusy = parted || !["ready", "asking", "thinking", "answering"].includes(phase);
    // Rounded up, so that "1" shows during the last second and 0 only when the server says so.
    const seconds = Math.ceil((left ?? 0) / 1000);
    setText(figures, isBusy || left === null ? "" : seconds < 100 ? String(seconds) : clock(seconds));
    setText(unit, isBusy || left === null ? "" : phase === "thinking" ? "to think" : seconds >= 100 ? "minutes" : seconds === 1 ? "second" : "seconds");
    const whole = phase === "thinking" ? Math.max(left, 5000) : state?.limit_ms;
    arc.style.setProperty("--left", parted ? 1 : isBusy ? 0.25 : whole ? left / whole : 1);
    const isEnding = phase === "answering" && !parted && seconds <= LAST_SECONDS;
    element.classList.toggle("ending", isEnding);
    if (isEnding && seconds > 0 && ticked !== seconds) tick();
    ticked = isEnding ? seconds : null;
    figures.classList.toggle("long", figures.textContent.includes(":"));
    if (phase === "answering" && !parted) sayTimeLeft(seconds);
  }

  function sayTimeLeft(seconds) {
    if (turn !== store.state.turn_id) {
      turn = store.state.turn_id;
      announced = Math.ceil(store.state.limit_ms / 1000); // A limit of 20 s never has 30 left.
    }
    const due = ANNOUNCED_S.findLast((mark) => seconds <= mark);
    if (due === undefined || due >= announced) return;
    announced = due;
    announce(`${Math.min(due, seconds)} seconds left.`);
  }

  const element = h(
    "section",
    { class: "clock", "aria-label": "Clock" },
    h("div", { class: "face" }, face, h("div", { class: "reading" }, figures, unit)),
    words,
  );
  (function redraw() {
    draw();
    setTimeout(() => requestAnimationFrame(redraw), 80);
  })();

  return element;
}
