/**
 * What the interview page knows. The server's messages are the only truth: they change the fields and fire "change",
 * and the views draw what is here.
 */

/** Those in which the candidate has a turn to answer, or to pass. */
export const OPEN_PHASES = ["asking", "thinking", "answering"];

export class InterviewStore extends EventTarget {
  /** The last state message, null before the first. */
  state = null;
  /** Why there is no connection, in words; empty while there is one. */
  offline = "Connecting to the interviewer…";
  /** Why the connection is down for good: the interview was "taken" by another tab, or is "gone"; else null. */
  parted = null;
  /** Something was pressed or written while the connection was down; it is sent when it is back. */
  isWaiting = false;
  /** The sentence the interviewer is speaking now. */
  saying = "";
  caption = { committed: "", partial: "" };
  /** The last speech message of this answer. */
  speech = null;
  /** The last answer's final transcript, until the next turn begins. */
  answer = null;
  hints = [];
  /** Grade messages by round. */
  grades = new Map();
  /** Things to know, newest last: { code, text, turn }. They go once a later turn is answered. */
  notices = [];
  /** What is wrong with the microphone: { kind, text }; null while it works or was not tried. */
  micProblem = null;
  micOpen = false;
  typing = false;
  /** What is typed asks what is meant; it isn't an answer. The answer begun before is kept. */
  asking = false;
  /** The last turn whose answer was written here. */
  typedTurn = null;
  /** The browser holds the sound back until a key or button is pressed. */
  soundLocked = false;

  #receivedAt = 0;

  get phase() {
    return this.state?.phase ?? "connecting";
  }

  /** There is something to answer, and here. */
  get isOpen() {
    return OPEN_PHASES.includes(this.phase) && !this.parted;
  }

  /** Whether "repeat", "clarify" or "think" can be asked for now. */
  canRequest(act) {
    return this.isOpen && this.state.requests.includes(act);
  }

  /** The answer just given is there to be read, until the next thing is asked. */
  get finalAnswer() {
    const isLast = this.answer?.turn_id === this.state?.turn_id || this.phase === "followingup";
    return isLast ? this.answer : null;
  }

  /** Milliseconds left to answer or think; null when no time runs. Between messages it is only drawn on from the last. */
  get remaining() {
    if (this.state?.remaining_ms == null) return null;
    const isRunning = this.state.clock_running || this.phase === "thinking";
    return Math.max(0, this.state.remaining_ms - (isRunning ? performance.now() - this.#receivedAt : 0));
  }

  /** Changes what is the page's own to know. */
  set(fields) {
    Object.assign(this, fields);
    this.dispatchEvent(new Event("change"));
  }

  notify(code, text) {
    const notice = { code, text, turn: this.state?.turn_id ?? 0 };
    this.set({ notices: [...this.notices.filter((other) => other.code !== code), notice] });
  }

  dismiss(code) {
    this.set({ notices: this.notices.filter((notice) => notice.code !== code) });
  }

  /** Takes one message of the server. Those about another turn than the current one came too late and are dropped. */
  receive(message) {
    switch (message.type) {
      case "state":
        return this.#receiveState(message);
      case "caption":
        return this.#isCurrent(message) && this.set({ caption: message });
      case "speech":
        return this.#isCurrent(message) && this.set({ speech: message });
      case "answer":
        return this.set({ answer: message });
      case "hint":
        return (
          this.#isCurrent(message) &&
          this.set({ hints: [...this.hints.filter((hint) => hint.number !== message.number), message] })
        );
      case "grade":
        return this.set({ grades: new Map(this.grades).set(message.round, message) });
      case "notice":
        return this.notify(message.code, message.text);
      case "error":
        // "unexpected" is a key pressed as the phase changed: the state that follows shows why nothing came of it.
        return message.code !== "unexpected" && this.notify(message.code, message.text);
    }
  }

  #isCurrent(message) {
    return message.turn_id === this.state?.turn_id;
  }

  #receiveState(state) {
    this.#receivedAt = performance.now();
    const before = this.state;
    const fields = { state };
    if (before && state.question_id !== before.question_id) {
      Object.assign(fields, { hints: [], notices: this.notices.filter((notice) => notice.code !== "question") });
    }
    if (state.phase === "answering") {
      const notices = fields.notices ?? this.notices;
      fields.notices = notices.filter(({ code, turn }) => code === "question" || turn >= state.turn_id);
    }
    // While a follow-up is chosen the state has its turn already, and the answer before it can still be read.
    const wasOpen = before?.turn_id === state.turn_id && OPEN_PHASES.includes(before.phase);
    if (before && OPEN_PHASES.includes(state.phase) && !wasOpen) {
      Object.assign(fields, { caption: { committed: "", partial: "" }, answer: null, asking: false });
    }
    if (state.phase !== "answering") fields.speech = null;
    this.set(fields);
  }
}
