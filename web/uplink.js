/**
 * Numbers microphone frames from 0 within each turn and sends them, keeping what it sent: after a broken connection the server
 * says which frame it wants next, and the rest is sent again from here.
 */

const KEPT_BYTES = 4_000_000; // About two minutes; older frames give way.
const BACKLOG_BYTES = 256_000; // Beyond this the connection is too slow, and frames wait here instead of in the socket.
const HEADER_BYTES = 8;
const FLUSH_MS = 50;

export class Uplink {
  #socket;
  #turn = 0;
  /** Kept frames, ready to send; the first has number #first. */
  #kept = [];
  #keptBytes = 0;
  #first = 0;
  #next = 0; // Number of the next frame to send.
  #held = true;
  #breaks = 0; // How often the connection went down.

  constructor(socket) {
    this.#socket = socket;
  }

  /** The state's turn: a new one starts its numbers anew, or where the server stands if this page was reloaded. */
  setTurn(turn, nextFrame) {
    if (turn === this.#turn) return;
    this.#turn = turn;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#first = this.#next = nextFrame;
  }

  /** The connection is down: keep frames until the server has said which it wants. */
  hold() {
    this.#held = true;
    this.#breaks++;
  }

  /** Goes on with the frame the server wants. */
  resume(nextFrame) {
    this.#held = false;
    if (nextFrame > this.#end) {
      // Another page of the same interview was further; its numbers are taken.
      this.#kept = [];
      this.#keptBytes = 0;
      this.#first = nextFrame;
    }
    this.#next = nextFrame;
    this.#pump();
  }

  push(pcm) {
    const frame = new Uint8Array(HEADER_BYTES + pcm.byteLength);
    const header = new DataView(frame.buffer);
    header.setUint32(0, this.#turn, true);
    header.setUint32(4, this.#end, true);
    frame.set(new Uint8Array(pcm), HEADER_BYTES);
    this.#kept.push(frame);
    this.#keptBytes += frame.length;
    while (this.#keptBytes > KEPT_BYTES) {
      this.#keptBytes -= this.#kept.shift().length;
      this.#first++;
    }
    this.#pump();
  }

  /** True once all that is kept by now went out, false if the connection broke before. */
  async flush() {
    const breaks = this.#breaks;
    const end = this.#end;
    this.#pump();
    // A new turn begins with what it has, and its numbers may be lower.
    while (breaks === this.#breaks && this.#next < Math.min(end, this.#end)) {
      await new Promise((resolve) => setTimeout(resolve, FLUSH_MS));
      this.#pump();
    }
    return breaks === this.#breaks;
  }

  /** The number that the next frame will have. */
  get #end() {
    return this.#first + this.#kept.length;
  }

  #pump() {
    if (this.#held || !this.#socket.isOpen) return;
    this.#next = Math.max(this.#next, this.#first);
    while (this.#next < this.#end && this.#socket.backlog < BACKLOG_BYTES) {
      this.#socket.sendBytes(this.#kept[this.#next - this.#first]);
      this.#next++;
    }
  }
}
