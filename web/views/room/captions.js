/**
 * What has been heard so far. The box has its full height from the start and only its end scrolls, so nothing moves under
 * the reader's eyes.
 */

import { h, setText } from "../../dom.js";
import { plural } from "../../format.js";
import { loudness } from "../../mic.js";

const SILENT_FROM_MS = 1000;

export function makeCaptions(store, controller) {
  const committed = h("span");
  const partial = h("span", { class: "partial" });
  const waiting = h("span", { class: "waiting" });
  const text = h(
    "p",
    { class: "text said", tabIndex: 0, role: "region", "aria-label": "What was heard" },
    committed,
    partial,
    waiting,
  );
  const meter = h("div", { class: "meter", "aria-hidden": "true" });
  const status = h("p", { class: "status" });

  const showLevel = (level) => meter.style.setProperty("--level", level);

  controller.addEventListener("level", ({ detail: rms }) => showLevel(store.typing ? 0 : loudness(rms)));

  store.addEventListener("change", () => {
    const { caption, finalAnswer } = store;
    if (!store.micOpen) showLevel(0);
    setText(committed, finalAnswer ? finalAnswer.text : caption.committed);
    setText(partial, finalAnswer ? "" : caption.partial && ` ${caption.partial}`);
    const isEmpty = !committed.textContent && !partial.textContent;
    setText(waiting, isEmpty && store.isOpen ? "Your words appear here as you speak." : "");
    text.scrollTop = text.scrollHeight;
    setText(status, statusWords(store));
  });

  return h("section", { class: "captions", "aria-label": "Captions" }, text, h("div", { class: "hearing" }, meter, status));
}

function statusWords({ speech, micOpen, finalAnswer, typing }) {
  if (finalAnswer) return finalAnswer.note || "This is what we heard.";
  if (typing) return "Recording is off while you type.";
  if (!micOpen) return "The microphone is off.";
  if (speech?.speaking) return "We can hear you.";
  if (!speech || speech.silence_ms < SILENT_FROM_MS) return "The microphone is on.";
  const [silent, ends] = [speech.silence_ms, speech.ends_at_ms].map((ms) => Math.floor(ms / 1000));
  return `Silent for ${plural(silent, "second")}. After ${ends}, your answer ends.`;
}
