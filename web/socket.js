/**
 * The WebSocket to the interview: connects again by itself, tells a dead connection from a quiet one, and hands voice
 * messages on together with their audio.
 * Fires "message" (detail: the message), "voice" (detail: { message, pcm }), "open" and "lost"
 * (detail: { reason, parted }: the server's words if it hung up, and what became of the interview if there is no next try:
 * "taken", "idle" or "gone").
 */

import { signIn } from "./api.js";

const HEARTBEAT_MS = 5_000;
const DEAD_AFTER_MS = 12_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 8_000;
/** Close codes after which trying again is wrong: no such interview; not started for long; opened in another tab. */
const FINAL_CODES = { 4404: "gone", 4408: "idle", 4409: "taken" };
/** The session has ended: signing in leads back here. */
const SIGNED_OUT = 4401;

export class InterviewSocket extends EventTarget {
  #url;
  #socket = null;
  #attempts = 0;
  #heardAt = 0;
  #awaitingAudio = null;
  /** Not to connect again by itself: closed for good, or parted. */
  #closed = false;

  constructor(id) {
    super();
    this.#url = new URL(`/api/interviews/${id}/socket`, location.href.replace(/^http/, "ws"));
    setInterval(() => this.#heartbeat(), HEARTBEAT_MS);
    // A laptop that wakes up or finds its network again need not wait for the next try.
    addEventListener("online", () => this.#tryAgain());
  }

  connect() {
    if (this.#socket) return;
    this.#closed = false;
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#heardAt = performance.now();
    this.#awaitingAudio = null;
    socket.addEventListener("open", () => this.dispatchEvent(new Event("open")));
    socket.addEventListener("message", ({ data }) => socket === this.#socket && this.#receive(data));
    socket.addEventListener(
      "close",
      ({ code, reason }) => {
        if (code === SIGNED_OUT) signIn();
        else if (socket === this.#socket) this.#lose(reason, FINAL_CODES[code]);
      },
    );
  }

  /** Closes for good. */
  close() {
    this.#closed = true;
    this.#socket?.close();
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait in the browser. */
  get backlog() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Sends a message, or drops it when the connection is down: what must not be lost is kept in outbox.js. */
  send(message) {
    if (this.isOpen) this.#socket.send(JSON.stringify(message));
  }

  sendBytes(bytes) {
    this.#socket.send(bytes);
  }

  #receive(data) {
    this.#heardAt = performance.now();
    this.#attempts = 0; // Only now: a server that is still loading opens the connection and hangs up.
    if (data instanceof ArrayBuffer) {
      this.dispatchEvent(new CustomEvent("voice", { detail: { message: this.#awaitingAudio, pcm: data } }));
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "voice") this.#awaitingAudio = message;
    else this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  #heartbeat() {
    if (!this.isOpen) return;
    if (performance.now() - this.#heardAt > DEAD_AFTER_MS) {
      // close() would wait for an answer that won't come.
      const socket = this.#socket;
      this.#lose();
      socket.close();
    } else {
      this.send({ type: "ping", t: performance.now() });
    }
  }

  #lose(reason = "", parted = null) {
    this.#socket = null;
    if (this.#closed) return;
    this.#closed = parted !== null;
    this.dispatchEvent(new CustomEvent("lost", { detail: { reason, parted } }));
    if (parted) return;
    const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#attempts++);
    // Jitter: several pages must not come back in step.
    setTimeout(() => this.#tryAgain(), longest * (0.5 + Math.random() / 2));
  }

  #tryAgain() {
    if (!this.#closed) this.connect();
  }
}
