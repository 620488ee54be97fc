/**
 * What has been heard so far. The box has its full height from the start and only its end scrolls, so nothing moves under
 * the reader's eyes.
 */

import { h, setText } from "../../dom.js";
import { OPEN_PHASES } from "../../conductor.js";
import { loudness } from "../../mic.js";

const WARN_MS = 4_000;

export function makeCaptions(store, conductor) {
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

  conductor.addEventListener("level", ({ detail: rms }) => {
    meter.style.setProperty("--level", loudness(rms));
  });

  store.addEventListener("change", () => {
    const { caption, answer, state } = store;
    const isFinal = answer?.turn_id === state?.turn_id || !OPEN_PHASES.includes(store.phase);
    setText(committed, isFinal && answer ? answer.text : caption.committed);
    setText(partial, isFinal && answer ? "" : caption.partial && ` ${caption.partial}`);
    setText(waiting, committed.textContent || partial.textContent ? "" : "Your words appear here as you speak.");
    text.scrollTop = text.scrollHeight;
    setText(status, statusWords(store));
  });

  return h("section", { class: "captions", "aria-label": "Captions" }, text, h("div", { class: "hearing" }, meter, status));
}

function statusWords({ phase, speech, micOpen, answer, typing }) {
  if (answer && !OPEN_PHASES.includes(phase)) return answer.note || "This is what was written down.";
  if (typing) return "Recording is off while you type.";
  if (!micOpen) return "The microphone is off.";
  if (phase === "answering" && speech && !speech.speaking) {
    const left = speech.ends_at_ms - speech.silence_ms;
    if (left <= WARN_MS) return `Silence: ending in ${Math.max(1, Math.ceil(left / 1000))} s. Keep talking to go on.`;
  }
  return speech?.speaking ? "Hearing you." : "The microphone is on.";
}
