/** Plays one answer's audio: a button, its outline with a bar to move in it, and the time. */

import { h, icon, setText } from "../../dom.js";
import { clock } from "../../format.js";
import { makeWaveform } from "./waveform.js";

const LEAD_S = 0.1; // A word's first sound begins a little before its time stamp.

/** `moved` is called with the position in seconds, often while it plays, and with null when it stops. */
export function makeRecording({ audio: address, peaks, duration_s: duration }, quotes, moved) {
  const audio = new Audio();
  audio.preload = "none";
  audio.src = address;
  const waveform = makeWaveform(peaks, duration, quotes);
  const button = h("button", { type: "button", class: "icon-button", onclick: () => (audio.paused ? play() : audio.pause()) });
  const bar = h("input", {
    type: "range",
    min: 0,
    max: duration,
    step: 0.1,
    value: 0,
    "aria-label": "Position in the recording",
    oninput: () => seek(Number(bar.value)),
  });
  const time = h("span", { class: "small soft figures" });
  const failure = h("span", { class: "small", role: "status" });

  function drawButton() {
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.ariaLabel = audio.paused ? "Play the answer" : "Pause";
  }

  function drawPosition() {
    bar.value = audio.currentTime;
    bar.ariaValueText = `${Math.round(audio.currentTime)} of ${Math.round(duration)} seconds`;
    waveform.show(Math.min(audio.currentTime, duration));
    setText(time, `${clock(audio.currentTime)} / ${clock(duration)}`);
  }

  function seek(seconds) {
    audio.currentTime = Math.max(0, seconds);
    drawPosition();
  }

  function play() {
    audio.play().catch((error) => setText(failure, `The recording can’t be played: ${error.message}`));
  }

  function follow() {
    if (audio.paused) return;
    moved(audio.currentTime);
    drawPosition();
    requestAnimationFrame(follow);
  }

  audio.addEventListener("play", () => {
    playAlone(audio);
    drawButton();
    follow();
  });
  for (const event of ["pause", "ended"]) audio.addEventListener(event, () => (moved(null), drawButton()));
  audio.addEventListener("seeked", drawPosition);
  drawButton();
  drawPosition();

  function playFrom(seconds) {
    seek(seconds - LEAD_S);
    play();
  }

  const element = h("div", { class: "recording" }, button, h("div", { class: "track" }, waveform.element, bar), time, failure);
  return { element, playFrom, toggle: () => (audio.paused ? play() : audio.pause()) };
}

/** Plays a stretch of a recording, in seconds. Resolves to true at its end, to false where something else is played meanwhile. */
export async function playSpan(address, start, end) {
  const audio = new Audio(address);
  audio.currentTime = Math.max(0, start - LEAD_S);
  playAlone(audio);
  await audio.play();
  await new Promise((resolve) => {
    audio.addEventListener("timeupdate", () => audio.currentTime >= end && audio.pause());
    for (const event of ["pause", "ended"]) audio.addEventListener(event, resolve);
  });
  return audio.ended || audio.currentTime >= end;
}

let playing = null;

/** One voice at a time on the whole page; none for null. */
export function playAlone(audio) {
  if (playing !== audio) playing?.pause();
  playing = audio;
}
