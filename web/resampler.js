/**
 * Turns a microphone's sample rate into 16 kHz: a windowed-sinc low-pass, evaluated only where an output sample falls.
 * The rates' ratio is rational, so the fractional positions repeat and each needs its taps computed once.
 */

export const RATE = 16_000;
const CUTOFF_HZ = 7_400;
const CUTOFF_SHARE = 0.46; // Of the input rate at most: a headset at 8 kHz has nothing above its 4 kHz.
const REACH_S = 0.0015;

export class Resampler {
  #step;
  #phases;
  #taps;
  #table;
  #input = new Float32Array(0);
  #position = 0;

  constructor(inputRate) {
    const divisor = gcd(inputRate, RATE);
    this.#step = inputRate / divisor;
    this.#phases = RATE / divisor;
    const reach = Math.ceil(REACH_S * Math.max(inputRate, RATE));
    this.#taps = 2 * reach;
    const cutoff = Math.min(CUTOFF_HZ / inputRate, CUTOFF_SHARE);
    this.#table = Array.from({ length: this.#phases }, (_, phase) => taps(reach, phase / this.#phases, cutoff));
  }

  /** The 16 kHz samples that `samples` complete. */
  process(samples) {
    const input = new Float32Array(this.#input.length + samples.length);
    input.set(this.#input);
    input.set(samples, this.#input.length);

    const output = [];
    // #position counts in units of 1 / #phases input samples.
    let first = Math.floor(this.#position / this.#phases);
    while (first + this.#taps <= input.length) {
      const weights = this.#table[this.#position % this.#phases];
      let sum = 0;
      for (let i = 0; i < this.#taps; i++) sum += weights[i] * input[first + i];
      output.push(sum);
      this.#position += this.#step;
      first = Math.floor(this.#position / this.#phases);
    }
    const used = Math.min(first, input.length);
    this.#input = input.slice(used);
    this.#position -= used * this.#phases;
    return output;
  }
}

/** Weights of the 2 * reach samples around a point `fraction` after the middle one: Blackman window, unit gain at 0 Hz. */
function taps(reach, fraction, cutoff) {
  const weights = new Float32Array(2 * reach);
  for (let i = 0; i < weights.length; i++) {
    const distance = i - (reach - 1) - fraction;
    const x = 2 * Math.PI * cutoff * distance;
    const sinc = x === 0 ? 1 : Math.sin(x) / x;
    const turn = (Math.PI * distance) / reach;
    weights[i] = sinc * (0.42 + 0.5 * Math.cos(turn) + 0.08 * Math.cos(2 * turn));
  }
  const gain = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / gain);
}

function gcd(a, b) {
  return b === 0 ? a : gcd(b, a % b);
}
