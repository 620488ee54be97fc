/** The written answer, for those who cannot or would rather not speak. */

import { h, setText } from "../../dom.js";

const LONGEST = 8000;
/** The limit is the server's: a draft still unsent when it strikes would be lost, so it is sent just before. */
const LAST_MOMENT_MS = 900;

export function makeTyped(store, controller) {
  const area = h("textarea", { id: "typed-answer", rows: 5, maxLength: LONGEST, class: "said" });
  const label = h("label", { class: "label", htmlFor: area.id });
  const element = h("div", { class: "typed", hidden: true }, label, area);
  let turn = null;
  let sent = "";
  let isAsking = false;
  let draft = "";

  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
    if (event.key !== "Escape") return;
    event.stopPropagation();
    if (store.asking) return controller.leaveAsking();
    area.blur();
    if (store.micOpen) controller.speak();
  });

  /** The browser only brings the caret into view, which may be below the controls. */
  function enter() {
    area.focus();
    area.scrollIntoView({ block: "nearest" });
  }

  /** The words stay in the field until the turn is over: the connection may be down, and they can still be changed. */
  function send() {
    const text = area.value.trim();
    if (!text) return area.focus();
    sent = text;
    controller.sendTyped(text);
  }

  /** What was written and not sent, before it would be lost. */
  function sendDraft() {
    if (store.asking && draft) store.set({ asking: false });
    if (store.asking) return;
    const text = area.value.trim();
    if (!element.hidden && text && text !== sent) send();
  }

  store.addEventListener("change", () => {
    if (store.asking !== isAsking) {
      isAsking = store.asking;
      [area.value, draft, sent] = isAsking ? ["", area.value, ""] : [draft, "", ""];
      if (!element.hidden) enter();
    }
    if (store.state && store.state.turn_id !== turn) {
      turn = store.state.turn_id;
      // After a question to the interviewer or a pause the answer is still to be given.
      if (!store.state.understood || area.value.trim() === sent) area.value = "";
      sent = "";
    }
    setText(label, store.asking ? "What do you want to know about the question?" : "Your answer");
    const wasHidden = element.hidden;
    element.hidden = !store.typing || !store.isOpen;
    // Once every view has drawn the change: what stands in a hidden part of the page can't be focused.
    if (wasHidden && !element.hidden) queueMicrotask(enter);
  });

  setInterval(() => {
    if (store.phase === "answering" && store.remaining <= LAST_MOMENT_MS) sendDraft();
  }, 100);

  return { element, send, sendDraft, enter };
}
