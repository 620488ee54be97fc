/** What the server's voice reads aloud: what was asked, and sentences that might be said. */

import { h, icon, setText } from "../../dom.js";
import { playAlone } from "./recording.js";

export function makeAsked({ asked, asked_audio, follow_up }) {
  const what = follow_up ? "the follow-up" : "the question";
  const { button, failure } = makeVoice(asked_audio, (isPlaying) => ({
    content: [icon(isPlaying ? "pause" : "voice")],
    label: isPlaying ? "Pause" : `Hear ${what}`,
  }));
  button.className = "icon-button";
  return h(
    "div",
    { class: "asked" },
    button,
    h(
      "p",
      {},
      h("span", { class: "label" }, follow_up ? "Follow-up " : "Asked "),
      h("span", { class: "said" }, asked),
      failure,
    ),
  );
}

/** A button that reads aloud what is at the address. */
export function makeSpoken(address, text) {
  const { button, failure } = makeVoice(address, (isPlaying, isLoading) => ({
    content: [icon(isPlaying ? "pause" : "voice"), isPlaying ? "Pause" : isLoading ? "Preparing…" : text],
    label: null,
  }));
  button.className = "button";
  return [button, failure];
}

/** `look(isPlaying, isLoading)` is { content, label } of the button. */
function makeVoice(address, look) {
  const audio = new Audio();
  const failure = h("span", { class: "small alarming", role: "status" });
  const button = h("button", { type: "button", onclick: toggle });

  function draw() {
    const { content, label } = look(!audio.paused, button.ariaDisabled === "true");
    button.replaceChildren(...content);
    button.ariaLabel = label;
    if (label) button.title = label;
  }

  async function toggle() {
    if (!audio.paused) return audio.pause();
    if (button.ariaDisabled) return;
    button.ariaDisabled = "true";
    draw();
    setText(failure, "");
    try {
      if (!audio.src) audio.src = URL.createObjectURL(await speech(address));
      await audio.play();
    } catch (error) {
      // Some browsers play only within seconds of the press; what is loaded now will play at the next one.
      setText(failure, error.name === "NotAllowedError" ? "Ready. Press once more to hear it." : error.message);
    } finally {
      button.ariaDisabled = null;
      draw();
    }
  }

  audio.addEventListener("play", () => (playAlone(audio), draw()));
  for (const event of ["pause", "ended"]) audio.addEventListener(event, draw);
  draw();
  return { button, failure };
}

async function speech(address) {
  const response = await fetch(address);
  if (response.ok) return response.blob();
  const { error } = await response.json().catch(() => ({}));
  throw new Error(error ?? "The server can’t read it aloud.");
}
