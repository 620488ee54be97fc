/**
 * The microphone, as 40 ms frames of 16 kHz PCM16.
 * Fires "frame" (detail: { pcm, rms }) and, when it is unplugged, "lost".
 */

const SILENT_RMS = 0.0005; // -66 dBFS: below what a quiet room gives.
const MUTED_RMS = 1e-6;
const HEARD_RMS = 0.005; // -46 dBFS: somebody spoke.
const SILENT_FRAMES = 75; // 3 s

const DEVICE_KEY = "hotseat.microphone";
export const chosenDevice = () => localStorage.getItem(DEVICE_KEY) ?? "";
export const chooseDevice = (id) => localStorage.setItem(DEVICE_KEY, id);

/** That somebody was heard here once, so that only the first interview is preceded by advice. */
const HEARD_KEY = "hotseat.heard";
export const wasHeard = () => localStorage.getItem(HEARD_KEY) !== null;
export function noteHeard() {
  try {
    localStorage.setItem(HEARD_KEY, "yes");
  } catch {
    // Blocked or full: the advice comes again.
  }
}

/** Loudness for a meter: 0 at -60 dBFS, 1 at -10 dBFS. It is heard in decibels, so it is shown in them. */
export function loudness(rms) {
  return Math.max(0, Math.min(1, (20 * Math.log10(rms + 1e-9) + 60) / 50));
}

/** Why there is no microphone. `kind` is the wire's word for it; the message says what to do. */
export class MicrophoneError extends Error {
  constructor(kind, text) {
    super(text);
    this.kind = kind;
  }
}

export class Microphone extends EventTarget {
  #stream;
  #source;
  #node;
  #quiet = 0;
  #wasHeard = false;

  /** Opens the chosen microphone. Raises MicrophoneError. */
  static async open(context) {
    const stream = await request();
    try {
      await context.audioWorklet.addModule("/static/mic-worklet.js");
      return new Microphone(context, stream);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop(); // The context was closed meanwhile.
      throw error;
    }
  }

  constructor(context, stream) {
    super();
    this.#stream = stream;
    this.#source = context.createMediaStreamSource(stream);
    this.#node = new AudioWorkletNode(context, "microphone", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    this.#node.port.onmessage = ({ data }) => this.#take(data);
    this.#source.connect(this.#node);
    stream.getTracks()[0].addEventListener("ended", () => this.dispatchEvent(new Event("lost")));
  }

  get name() {
    return this.#stream.getTracks()[0].label || "your microphone";
  }

  /** Nothing at all has come out of it for three seconds. */
  get isSilent() {
    return this.#quiet >= SILENT_FRAMES;
  }

  close() {
    this.#source.disconnect();
    this.#node.port.onmessage = null;
    for (const track of this.#stream.getTracks()) track.stop();
  }

  #take(frame) {
    this.#wasHeard ||= frame.rms > HEARD_RMS;
    // Noise suppression makes a pause nearly silent: of a microphone that works, only a muted one is suspected.
    this.#quiet = frame.rms < (this.#wasHeard ? MUTED_RMS : SILENT_RMS) ? this.#quiet + 1 : 0;
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
  }
}

async function request() {
  if (!navigator.mediaDevices) {
    throw new MicrophoneError(
      "missing",
      "Browsers only allow the microphone on https:// or on localhost. " +
        `Open Hotseat as http://localhost:${location.port || 80} on the machine it runs on, or put HTTPS in front of it.`,
    );
  }
  const device = chosenDevice();
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, deviceId: device || undefined };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw explain(error);
  }
}

function explain(error) {
  switch (error.name) {
    case "NotAllowedError":
    case "SecurityError":
      return new MicrophoneError(
        "denied",
        "Your browser blocked the microphone. Allow it with the icon beside the address, then try again.",
      );
    case "NotFoundError":
      return new MicrophoneError("missing", "We found no microphone. Plug one in or switch it on, then try again.");
    default:
      return new MicrophoneError(
        "missing",
        `We couldn’t open the microphone (${error.message || error.name}). Another program may be using it.`,
      );
  }
}
