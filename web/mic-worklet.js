/** Runs on the audio thread: posts 40 ms frames of 16 kHz PCM16 with their loudness. */

import { Resampler } from "./resampler.js";

const FRAME_SAMPLES = 640;

class MicrophoneProcessor extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate); // sampleRate is the worklet's global: the context's rate.
  #frame = new Int16Array(FRAME_SAMPLES);
  #filled = 0;
  #power = 0;

  process([[samples]]) {
    if (samples) for (const sample of this.#resampler.process(samples)) this.#push(sample);
    return true;
  }

  #push(sample) {
    const clipped = Math.max(-1, Math.min(1, sample));
    this.#frame[this.#filled++] = Math.round(clipped * 32767);
    this.#power += clipped * clipped;
    if (this.#filled < FRAME_SAMPLES) return;
    const { buffer } = this.#frame;
    this.port.postMessage({ pcm: buffer, rms: Math.sqrt(this.#power / FRAME_SAMPLES) }, [buffer]);
    this.#frame = new Int16Array(FRAME_SAMPLES);
    this.#filled = 0;
    this.#power = 0;
  }
}

registerProcessor("microphone", MicrophoneProcessor);
