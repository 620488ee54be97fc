/** Tries microphone and loudspeaker before it matters: level, device, a test sound, and two seconds played back. */

import { h, icon, setText } from "../dom.js";
import { chooseDevice, chosenDevice, loudness, Microphone, MicrophoneError, noteHeard, wasHeard } from "../mic.js";
import { addressOfSound } from "../wav.js";

const RECORDED_FRAMES = 50; // 2 s
const HEARD_LEVEL = 0.5;
const TEST_TONES_HZ = [523, 659];
const TONE_S = 0.18;

export function makeSoundCheck() {
  let context = null;
  let microphone = null;
  let recorded = null;
  let isHeard = false;

  const words = h(
    "p",
    { class: "soft", role: "status" },
    wasHeard()
      ? "Your microphone worked last time. Test it again if you changed it."
      : "Test your microphone first. You can also type your answers.",
  );
  const meter = h("div", {
    class: "meter marked",
    role: "meter",
    "aria-label": "Microphone level",
    "aria-valuemin": 0,
    "aria-valuemax": 100,
    "aria-valuenow": 0,
  });
  const devices = h("select", { id: "device", onchange: () => (chooseDevice(devices.value), open()) });
  const record = h("button", { type: "button", class: "button", onclick: () => startRecording() }, icon("mic"), "Record 2 seconds");
  const listen = h("button", { type: "button", class: "button", onclick: playTest }, icon("voice"), "Play a test sound");
  const panel = h(
    "div",
    { class: "stack", hidden: true },
    meter,
    h("div", { class: "field" }, h("label", { htmlFor: devices.id }, "Microphone"), devices),
    h("div", { class: "row" }, listen, record),
  );
  const begin = h("button", { type: "button", class: "button", onclick: () => open() }, "Test the microphone ", h("kbd", {}, "C"));
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
    const own = (context = new AudioContext());
    let opened;
    try {
      opened = await Microphone.open(own);
    } catch (error) {
      if (context !== own) return; // Closed meanwhile.
      if (!(error instanceof MicrophoneError)) throw error;
      close();
      return setText(words, `${error.message} You can also type your answers.`);
    }
    if (context !== own) return opened.close();
    own.resume().catch(() => {}); // Firefox allows it only once it records; closed meanwhile, it need not run.
    microphone = opened;
    microphone.addEventListener("frame", ({ detail }) => take(detail));
    microphone.addEventListener("lost", close);
    const hadFocus = document.activeElement === begin;
    panel.hidden = false;
    begin.hidden = true;
    setText(words, "Speak normally. The bar should pass the middle.");
    if (hadFocus) record.focus(); // What has just gone can't keep it.
    await listDevices();
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
    if (microphone.isSilent) setText(words, `We can’t hear you. No sound from “${microphone.name}”. Is it muted?`);
    if (recorded && recorded.push(new Int16Array(pcm)) === RECORDED_FRAMES) playRecording();
  }

  function sayHeard() {
    isHeard = true;
    noteHeard();
    setText(words, "We can hear you.");
  }

  function playTest() {
    context.resume();
    TEST_TONES_HZ.forEach((frequency, n) => {
      const tone = new OscillatorNode(context, { frequency });
      const volume = new GainNode(context, { gain: 0.2 });
      const start = context.currentTime + n * TONE_S;
      tone.connect(volume).connect(context.destination);
      tone.start(start);
      tone.stop(start + TONE_S);
    });
    setText(words, "Two tones. If you didn’t hear them, check your volume and output device.");
  }

  function startRecording() {
    recorded = [];
    record.disabled = true;
    setText(words, "Recording. Say a sentence.");
  }

  function playRecording() {
    const audio = new Audio(addressOfSound(recorded));
    recorded = null;
    audio.addEventListener("ended", () => {
      record.disabled = false;
      setText(words, "Did you hear yourself? Then you’re ready.");
    });
    audio.play();
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
