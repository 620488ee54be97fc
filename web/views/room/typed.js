/** The written answer, for those who cannot or would rather not speak. */

import { OPEN_PHASES } from "../../conductor.js";
import { h } from "../../dom.js";

const LONGEST = 8000;
/** The limit is the server's: a draft still unsent when it strikes would be lost, so it is sent just before. */
const LAST_MOMENT_MS = 900;

export function makeTyped(store, conductor) {
  const area = h("textarea", { id: "typed-answer", rows: 5, maxLength: LONGEST, class: "said" });
  const element = h(
    "div",
    { class: "typed", hidden: true },
    h("label", { class: "label", htmlFor: area.id }, "Your answer"),
    area,
  );
  let turn = null;

  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
    if (event.key !== "Escape") return;
    event.stopPropagation();
    area.blur();
    if (store.micOpen) conductor.setTyping(false);
  });

  function send() {
    if (!area.value.trim()) return area.focus();
    conductor.sendTyped(area.value.trim());
    area.value = "";
  }

  store.addEventListener("change", () => {
    if (store.state && store.state.turn_id !== turn) {
      turn = store.state.turn_id;
      area.value = "";
    }
    const wasHidden = element.hidden;
    element.hidden = !store.typing || !OPEN_PHASES.includes(store.phase);
    // Once every view has drawn the change: what stands in a hidden part of the page can't be focused.
    if (wasHidden && !element.hidden) queueMicrotask(() => area.focus());
  });

  setInterval(() => {
    const isLastMoment = store.phase === "answering" && store.remaining <= LAST_MOMENT_MS;
    if (!element.hidden && isLastMoment && area.value.trim()) send();
  }, 100);

  return { element, send };
}
