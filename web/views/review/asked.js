/** What the interviewer asked, to read and, spoken anew by the server's voice, to hear. */

import { h, icon, setText } from "../../dom.js";
import { playAlone } from "./recording.js";

export function makeAsked({ asked, asked_audio, follow_up }) {
  const what = follow_up ? "the follow-up" : "the question";
  const audio = new Audio();
  const failure = h("span", { class: "small", role: "status" });
  const button = h("button", { type: "button", class: "icon-button", onclick: toggle });

  function draw() {
    button.replaceChildren(icon(audio.paused ? "voice" : "pause"));
    button.ariaLabel = button.title = audio.paused ? `Hear ${what}` : "Pause";
  }

  async function toggle() {
    if (!audio.paused) return audio.pause();
    button.ariaDisabled = "true";
    setText(failure, "");
    try {
      if (!audio.src) audio.src = URL.createObjectURL(await speech(asked_audio));
      await audio.play();
    } catch (error) {
      setText(failure, error.message);
    } finally {
      button.ariaDisabled = null;
    }
  }

  audio.addEventListener("play", () => (playAlone(audio), draw()));
  for (const event of ["pause", "ended"]) audio.addEventListener(event, draw);
  draw();
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

async function speech(address) {
  const response = await fetch(address);
  if (response.ok) return response.blob();
  const { error } = await response.json().catch(() => ({}));
  throw new Error(error ?? "The server could not read it aloud.");
}
