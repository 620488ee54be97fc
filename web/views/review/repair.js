/** A repair drill: one point said again in 15 seconds, graded at once, and heard beside what was said before. */

import { post } from "../../api.js";
import { h, icon, problem, setText } from "../../dom.js";
import { loudness, Microphone, MicrophoneError } from "../../mic.js";
import { addressOfSound } from "../../wav.js";
import { playAlone, playSpan } from "./recording.js";

const LIMIT_S = 15;
const FRAMES_A_SECOND = 25;

const RESULTS = {
  met: ["verdict-lean-hire", "You said it."],
  "not sure": ["verdict-not-assessable", "Close. Say it a little more plainly."],
  "not met": ["plus", "It isn’t there yet. Hear it said, then try once more."],
  contradicted: ["warning", "That sounds like the opposite. Hear it said, then try once more."],
};

/** `address` is the point's; `before` is { audio, start, end } of what was said in the interview, null where there is none. */
export function makeRepair({ address, before, isLit }) {
  const place = h("div", { class: "repair stack" });
  let stop = null; // While it records.

  function offer() {
    const start = h(
      "button",
      { type: "button", class: isLit ? "button lit" : "button", onclick: record },
      icon("mic"),
      "Say just this: 15 seconds",
    );
    const type = h("button", { type: "button", class: "link-button", onclick: write }, "or type it");
    return h("div", { class: "row" }, start, type);
  }

  async function record() {
    playAlone(null);
    const context = new AudioContext();
    let microphone;
    try {
      microphone = await Microphone.open(context);
    } catch (error) {
      context.close();
      if (!(error instanceof MicrophoneError)) throw error;
      place.replaceChildren(problem(error.message), writing());
      return;
    }
    const frames = [];
    const left = h("strong", { class: "figures" }, String(LIMIT_S));
    const meter = h("div", { class: "meter", "aria-hidden": "true" });
    const done = h("button", { type: "button", class: "button lit", onclick: () => stop?.() }, "Done");
    place.replaceChildren(h("p", { role: "status" }, "Say it now. ", left, " seconds left"), meter, h("div", { class: "row" }, done));
    done.focus();
    microphone.addEventListener("frame", ({ detail: { pcm, rms } }) => {
      frames.push(new Int16Array(pcm));
      meter.style.setProperty("--level", loudness(rms));
      setText(left, String(LIMIT_S - Math.floor(frames.length / FRAMES_A_SECOND)));
      if (frames.length >= LIMIT_S * FRAMES_A_SECOND) stop?.();
    });
    stop = () => {
      stop = null;
      microphone.close();
      context.close();
      send(() => post(`${address}/repair/spoken`, new Blob(frames)), frames);
    };
  }

  function writing() {
    const field = h("textarea", { rows: 3, maxLength: 1000, class: "said", "aria-label": "The point in your words" });
    const form = h(
      "form",
      { class: "stack", onsubmit: (event) => (event.preventDefault(), field.value.trim() && send(() => post(`${address}/repair`, { text: field.value }))) },
      field,
      h("div", { class: "row" }, h("button", { class: "button lit" }, "Grade it")),
    );
    queueMicrotask(() => field.focus());
    return form;
  }

  function write() {
    place.replaceChildren(writing());
  }

  async function send(grade, frames = null) {
    place.replaceChildren(h("p", { role: "status" }, "Grading it…"));
    try {
      const result = await grade();
      place.replaceChildren(...makeResult(result, frames).filter(Boolean));
      place.querySelector("h3").focus();
    } catch (error) {
      place.replaceChildren(problem(error.message), offer());
    }
  }

  /** Once more in the same way: `frames` are there when it was spoken. */
  function makeResult({ status, text, quote }, frames) {
    const [sign, words] = text ? RESULTS[status] : ["mic-off", "We didn’t hear anything. Check your microphone and say it again."];
    const again = h("button", { type: "button", class: "button", onclick: frames ? record : write }, frames && icon("mic"), "Once more");
    return [
      h("h3", { class: `repair-result ${status === "met" ? "met" : ""}`, tabIndex: -1 }, icon(sign), words),
      text && h("p", { class: "said" }, markQuote(text, quote)),
      h("div", { class: "row" }, text && frames && before && makeBeforeAndAfter(before, frames), again),
      h("p", { class: "soft small" }, "A drill only. Your grade stays as it is."),
    ];
  }

  place.append(offer());
  return place;
}

function markQuote(text, quote) {
  const at = quote ? text.indexOf(quote) : -1;
  return at < 0 ? text : [text.slice(0, at), h("mark", {}, quote), text.slice(at + quote.length)];
}

/** What was said in the interview, then at once what was said in the drill. */
function makeBeforeAndAfter({ audio, start, end }, frames) {
  const label = h("span", {}, "Before and after");
  const button = h("button", { type: "button", class: "button", onclick: play }, icon("play"), label);

  async function play() {
    button.disabled = true;
    try {
      setText(label, "Before");
      const isHeard = await playSpan(audio, start, end);
      setText(label, "After");
      if (isHeard) await playSpan(addressOfSound(frames), 0, LIMIT_S);
      setText(label, "Before and after");
    } catch (error) {
      setText(label, `Can’t be played: ${error.message}`);
    } finally {
      button.disabled = false;
    }
  }
  return button;
}
