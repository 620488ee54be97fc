/** Tries microphone and loudspeaker before it matters: level, device, and two seconds played back. */

import { h, setText } from "../dom.js";
import { chooseDevice, chosenDevice, loudness, Microphone, MicrophoneError, noteHeard, wasHeard } from "../mic.js";
import { RATE } from "../resampler.js";

const RECORDED_FRAMES = 50; // 2 s
const HEARD_LEVEL = 0.5;

export function makeSoundCheck() {
  let context = null;
  let microphone = null;
  let recorded = null;
  let isHeard = false;

  const words = h(
    "p",
    { class: "soft", role: "status" },
    wasHeard()
      ? "You were heard the last time. Check again with another microphone or in another room."
      : "Before your first interview: see that you are heard before it counts.",
  );
  const meter = h("div", {
    class: "meter",
    role: "meter",
    "aria-label": "Microphone level",
    "aria-valuemin": 0,
    "aria-valuemax": 100,
    "aria-valuenow": 0,
  });
  const devices = h("select", { id: "device", onchange: () => (chooseDevice(devices.value), open()) });
  const record = h(
    "button",
    { type: "button", class: "button", onclick: () => startRecording() },
    "Record 2 seconds and play them",
  );
  const panel = h(
    "div",
    { class: "stack", hidden: true },
    h("div", { class: "field" }, h("label", { htmlFor: devices.id }, "Microphone"), devices),
    meter,
    record,
  );
  const begin = h("button", { type: "button", class: "button", onclick: () => open() }, "Check the sound ", h("kbd", {}, "C"));
  const element = h(
    "section",
    { class: "sound-check sheet stack", "aria-label": "Sound check" },
    h("h2", {}, "Sound check"),
    words,
    begin,
    panel,
  );

  async function open() {
    close();
    context = new AudioContext();
    try {
      microphone = await Microphone.open(context);
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      close();
      return setText(words, `${error.message} You can also type your answers.`);
    }
    microphone.addEventListener("frame", ({ detail }) => take(detail));
    microphone.addEventListener("lost", close);
    await listDevices();
    setText(words, "Say something: the bar should move well past its middle.");
    const hadFocus = document.activeElement === begin;
    panel.hidden = false;
    begin.hidden = true;
    if (hadFocus) record.focus(); // What has just gone can't keep it.
  }

  async function listDevices() {
    const all = await navigator.mediaDevices.enumerateDevices();
    const inputs = all.filter((device) => device.kind === "audioinput");
    devices.replaceChildren(...inputs.map((device) => h("option", { value: device.deviceId }, device.label || "Microphone")));
    if (inputs.some((device) => device.deviceId === chosenDevice())) devices.value = chosenDevice();
  }

  function take({ pcm, rms }) {
    const level = loudness(rms);
    meter.style.setProperty("--level", level);
    meter.setAttribute("aria-valuenow", Math.round(level * 100));
    if (level > HEARD_LEVEL && !isHeard) sayHeard();
    if (microphone.isSilent)
      setText(words, `Nothing at all comes from ${microphone.name}. Is it muted, or is another one in use?`);
    if (recorded && recorded.push(new Int16Array(pcm)) === RECORDED_FRAMES) playRecording();
  }

  function sayHeard() {
    isHeard = true;
    noteHeard();
    setText(words, "You are heard. Now record two seconds and listen to yourself.");
  }

  function startRecording() {
    recorded = [];
    record.disabled = true;
    setText(words, "Recording: say a sentence.");
  }

  function playRecording() {
    const buffer = context.createBuffer(1, RECORDED_FRAMES * recorded[0].length, RATE);
    const channel = buffer.getChannelData(0);
    recorded.forEach((frame, n) => frame.forEach((sample, i) => (channel[n * frame.length + i] = sample / 32768)));
    recorded = null;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.onended = () => {
      record.disabled = false;
      setText(words, "Did you hear yourself? Then you are ready.");
    };
    source.start();
    setText(words, "Playing it back.");
  }

  function close() {
    microphone?.close();
    context?.close();
    microphone = context = recorded = null;
    isHeard = false;
    panel.hidden = true;
    begin.hidden = record.disabled = false;
  }

  return { element, open, close };
}
