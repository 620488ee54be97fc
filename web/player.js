/**
 * Plays the interviewer's sentences back to back.
 * Fires "saying" (detail: the sentence now heard, "" after the last) and "done" (detail: { turn_id, utterance }) when an
 * utterance has been heard to its end.
 */

const LEAD_S = 0.03;

export class Player extends EventTarget {
  #context;
  #playing = new Set();
  #freeAt = 0;

  constructor(context) {
    super();
    this.#context = context;
  }

  /** Queues one sentence. `message` is the voice message, `pcm` its 16-bit samples. */
  play(message, pcm) {
    const samples = new Int16Array(pcm);
    const buffer = this.#context.createBuffer(1, samples.length, message.sample_rate);
    const channel = buffer.getChannelData(0);
    for (let i = 0; i < samples.length; i++) channel[i] = samples[i] / 32768;

    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    const at = Math.max(this.#context.currentTime + LEAD_S, this.#freeAt);
    source.start(at);
    this.#freeAt = at + buffer.duration;

    const item = { source, turn: message.turn_id, utterance: message.utterance, begin: null };
    item.begin = setTimeout(() => this.#say(message.text), (at - this.#context.currentTime) * 1000);
    source.onended = () => this.#ended(item);
    this.#playing.add(item);
  }

  /** No more sentences of this utterance will come. */
  end({ turn_id, utterance }) {
    const last = [...this.#playing].filter((item) => item.turn === turn_id && item.utterance === utterance).at(-1);
    if (last) last.isLast = true;
    else this.#done(turn_id, utterance);
  }

  /** Falls silent at once; for one turn, or for all when none is given. */
  stop(turn) {
    for (const item of this.#playing) {
      if (turn !== undefined && item.turn !== turn) continue;
      clearTimeout(item.begin);
      item.source.onended = null;
      item.source.stop();
      this.#playing.delete(item);
    }
    this.#freeAt = 0;
    this.#say("");
  }

  #ended(item) {
    this.#playing.delete(item);
    if (this.#playing.size === 0) this.#say("");
    if (item.isLast) this.#done(item.turn, item.utterance);
  }

  #say(text) {
    this.dispatchEvent(new CustomEvent("saying", { detail: text }));
  }

  #done(turn_id, utterance) {
    this.dispatchEvent(new CustomEvent("done", { detail: { turn_id, utterance } }));
  }
}
