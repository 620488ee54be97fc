/**
 * Runs one interview in the browser: ties socket, microphone and player to the store, and carries out what the candidate
 * presses. Fires "level" (detail: the loudness of a microphone frame), and "opening" before it opens the microphone.
 */

import { Microphone, MicrophoneError, noteHeard } from "./mic.js";
import { Player } from "./player.js";
import { InterviewSocket } from "./socket.js";
import { OPEN_PHASES } from "./store.js";
import { isTickWanted, playTick } from "./tick.js";
import { Uplink } from "./uplink.js";
import { Outbox } from "./outbox.js";

const DOUBLE_PRESS_MS = 500;
const READING_MS_PER_WORD = 330;
const SOUND_WAIT_MS = 400;

export class InterviewController extends EventTarget {
  #store;
  #socket;
  #uplink;
  #outbox = new Outbox();
  #context = null;
  #player = null;
  #microphone = null;
  #opening = null;
  #phaseSince = 0;
  #readTurn = null;
  /** An answer was being written when a question to the interviewer took the field; it goes on afterwards. */
  #writesOn = false;
  #isNewConnection = false;
  /** From a new connection's start until what was kept is out: presses wait behind it. */
  #isBehind = false;

  constructor(id, store) {
    super();
    this.#store = store;
    this.#socket = new InterviewSocket(id);
    this.#uplink = new Uplink(this.#socket);
    this.#socket.addEventListener("open", () => {
      this.#isNewConnection = this.#isBehind = true;
      this.#reportMicrophone();
    });
    this.#socket.addEventListener("lost", ({ detail }) => this.#connectionLost(detail));
    this.#socket.addEventListener("message", ({ detail }) => this.#receive(detail));
    this.#socket.addEventListener("voice", ({ detail }) => this.#player?.play(detail.message, detail.pcm));
    this.#socket.connect();
  }

  // ---- What the candidate does ----

  /** Takes the interview back from the tab that took it, and the microphone with it. */
  async takeBack() {
    this.#socket.connect();
    if (!this.#context) return;
    await this.#unlockSound();
    if (!this.#store.typing) await this.openMicrophone();
  }

  /** Begins the interview. Call it from a key or click: the browser only then lets sound play. */
  async start() {
    this.#openSound();
    if (await this.openMicrophone()) this.#send("start");
  }

  /** Begins without a microphone. */
  startTyping() {
    this.#openSound();
    this.#store.set({ typing: true, micProblem: null });
    this.#send("start");
  }

  /** After a reload in mid-interview: the press that lets the browser play and record again. */
  async unlock() {
    await this.#unlockSound();
    if (!this.#microphone) await this.openMicrophone();
  }

  answerNow() {
    if (this.#isDoublePress()) return;
    this.#player?.stop(this.#store.state.turn_id);
    this.#sendForTurn("barge_in");
  }

  done() {
    if (!this.#isDoublePress()) this.#sendForTurn("done");
  }

  /** Asks to hear the question again ("repeat") or for time to think ("think"). */
  request(act) {
    if (!this.#store.canRequest(act) || this.#isDoublePress()) return;
    this.#player?.stop(this.#store.state.turn_id);
    this.#sendForTurn("request", { act });
  }

  /** Opens the text field for a question to the interviewer, or goes back from it to the answer. */
  async ask() {
    if (this.#store.asking) return this.leaveAsking();
    if (!this.#store.canRequest("clarify")) return;
    this.#writesOn = this.#store.typing;
    this.#store.set({ asking: true });
    await this.type();
  }

  async leaveAsking() {
    if (this.#writesOn || !this.#microphone) this.#store.set({ asking: false });
    else await this.speak();
  }

  sendTyped(text) {
    const { asking, state } = this.#store;
    if (!asking) this.#writesOn = false;
    this.#sendForTurn("typed", { text, asks: asking });
    this.#store.set({ typedTurn: state.turn_id });
  }

  async type() {
    if (!this.#store.isOpen) return;
    const { micProblem } = this.#store;
    // Nobody has to be heard while they type.
    this.#store.set({ typing: true, micProblem: micProblem?.kind === "silent" ? null : micProblem });
    this.#reportMicrophone();
    if (this.#store.soundLocked) await this.#unlockSound();
  }

  /** Back from typing, or from a microphone that did not work. */
  async speak() {
    if (!this.#microphone && !(await this.openMicrophone())) return;
    this.#store.set({ typing: false, asking: false });
    this.#reportMicrophone();
  }

  skip() {
    if (!this.#isDoublePress()) this.#sendForTurn("skip");
  }

  hint() {
    const { phase, hints_left } = this.#store.state;
    if (hints_left > 0 && phase !== "asking") this.#sendForTurn("hint");
  }

  /** One soft tick, where it is wanted and there is sound. */
  tick() {
    if (isTickWanted() && this.#context?.state === "running") playTick(this.#context);
  }

  end() {
    this.#player?.stop();
    this.#command({ type: "end" });
  }

  /** True when it is open. Otherwise the store says why not. */
  async openMicrophone() {
    if (this.#microphone) return true;
    this.#opening ??= this.#tryMicrophone().finally(() => (this.#opening = null)); // A second press waits for the first.
    return this.#opening;
  }

  async #tryMicrophone() {
    this.dispatchEvent(new Event("opening"));
    try {
      this.#microphone = await Microphone.open(this.#context);
    } catch (error) {
      if (!(error instanceof MicrophoneError)) throw error;
      this.#store.set({ micProblem: { kind: error.kind, text: error.message } });
      this.#reportMicrophone();
      return false;
    }
    this.#microphone.addEventListener("frame", ({ detail }) => this.#takeFrame(detail));
    this.#microphone.addEventListener("lost", () => this.#microphoneLost());
    this.#store.set({ micOpen: true, micProblem: null });
    this.#reportMicrophone();
    return true;
  }

  // ---- What comes from the server ----

  #receive(message) {
    if (message.type === "voice.end") return this.#player?.end(message);
    if (message.type === "voice.stop") return this.#player?.stop(message.turn_id);
    const before = this.#store.state;
    this.#store.receive(message);
    if (message.type === "state") this.#followState(message, before);
    if (message.type === "speech" && message.speaking) noteHeard();
  }

  #followState(state, before) {
    // After "Continue here" another button stands there, too.
    if (state.phase !== before?.phase || this.#store.parted) this.#phaseSince = performance.now();
    this.#uplink.setTurn(state.turn_id, state.next_frame);
    if (this.#isNewConnection) {
      this.#isNewConnection = false;
      this.#store.set({ offline: "", parted: null });
      this.#uplink.resume(state.next_frame);
      this.#catchUp();
    } else if (!this.#isBehind) {
      this.#outbox.settle(state);
    }
    // What was written is taken: the next answer is spoken again.
    const wasWritten = before?.turn_id === this.#store.typedTurn && OPEN_PHASES.includes(before?.phase);
    const isOver = wasWritten && (state.turn_id !== before.turn_id || !OPEN_PHASES.includes(state.phase));
    if (isOver && this.#microphone && !this.#writesOn) {
      this.#store.set({ typing: false });
      this.#reportMicrophone();
    }

    const isUnderWay = !["ready", "grading", "finished"].includes(state.phase);
    if (isUnderWay && !this.#context) this.#reopenSound();
    // What a page without sound has queued would be heard late, over the answer.
    if (["thinking", "answering"].includes(state.phase) && this.#context?.state !== "running") this.#player?.stop();
    if (state.phase === "asking" && !state.voice && this.#readTurn !== state.turn_id) this.#letRead(state);
    if (["grading", "finished"].includes(state.phase)) this.#closeMicrophone();
    if (state.phase === "finished") this.#socket.close();
  }

  /** Without a voice the question counts as heard when there was time to read it. */
  #letRead({ turn_id, text }) {
    this.#readTurn = turn_id;
    setTimeout(
      () => {
        const { state } = this.#store;
        if (state.turn_id === turn_id && state.phase === "asking") this.#socket.send({ type: "playback.done", turn_id });
      },
      1000 + text.split(/\s+/).length * READING_MS_PER_WORD,
    );
  }

  #connectionLost({ reason, parted }) {
    this.#uplink.hold();
    this.#readTurn = null;
    this.#player?.stop();
    const why = reason ? `The server says: ${reason}.` : "The connection to the server is lost.";
    // Without the seconds: it is read out again whenever it changes.
    const next = "Reconnecting. What you say or press is kept and sent then.";
    this.#store.set({ offline: parted ? why : `${why} ${next}`, parted });
    if (parted) this.#part();
  }

  /** Nobody listens here any more, and what was pressed is for the other page to press. */
  #part() {
    this.#closeMicrophone();
    this.#outbox = new Outbox();
    this.#store.set({ isWaiting: false });
  }

  // ---- Sound ----

  #openSound() {
    if (this.#context) return;
    this.#context = new AudioContext();
    this.#player = new Player(this.#context);
    this.#player.addEventListener("saying", ({ detail }) => this.#store.set({ saying: detail }));
    this.#player.addEventListener("done", ({ detail }) => {
      if (["question", "follow_up"].includes(detail.utterance))
        this.#socket.send({ type: "playback.done", turn_id: detail.turn_id });
    });
    navigator.wakeLock?.request("screen").catch(() => {}); // A phone must not fall asleep over an answer.
  }

  /** The page was reloaded in mid-interview. Where the browser wants a press first, the page asks for one. */
  async #reopenSound() {
    this.#openSound();
    await Promise.race([this.#context.resume(), new Promise((resolve) => setTimeout(resolve, SOUND_WAIT_MS))]);
    if (this.#context.state === "running") await this.openMicrophone();
    else this.#store.set({ soundLocked: true });
  }

  async #unlockSound() {
    await this.#context.resume();
    this.#store.set({ soundLocked: false });
  }

  #takeFrame({ pcm, rms }) {
    const { phase, state, typing } = this.#store;
    this.dispatchEvent(new CustomEvent("level", { detail: rms }));
    // Nothing is recorded while one types: the silence would end the answer.
    if (!OPEN_PHASES.includes(phase) || typing || this.#outbox.endsAnswer(state)) return;
    this.#uplink.push(pcm);
    this.#watchSilence();
  }

  #watchSilence() {
    const wasSilent = this.#store.micProblem?.kind === "silent";
    const isSilent = this.#store.phase === "answering" && this.#microphone.isSilent;
    if (isSilent === wasSilent) return;
    const text = `We can’t hear you. No sound from “${this.#microphone.name}”. Is it muted?`;
    this.#store.set({ micProblem: isSilent ? { kind: "silent", text } : null });
    this.#reportMicrophone();
  }

  #microphoneLost() {
    this.#closeMicrophone();
    const text = "Your microphone was unplugged. Plug it in, then try again.";
    this.#store.set({ micProblem: { kind: "off", text } });
    this.#reportMicrophone();
  }

  #closeMicrophone() {
    this.#microphone?.close();
    this.#microphone = null;
    this.#store.set({ micOpen: false });
  }

  #reportMicrophone() {
    const { micProblem, micOpen, typing } = this.#store;
    if (!micProblem && !micOpen) return; // Not tried yet.
    this.#socket.send({ type: "mic", state: micProblem?.kind ?? (typing ? "off" : "on") });
  }

  // ---- Sending ----

  /** The phase changed under the finger: the press was meant for what stood there before. */
  #isDoublePress() {
    return performance.now() - this.#phaseSince < DOUBLE_PRESS_MS;
  }

  #send(type) {
    this.#socket.send({ type });
  }

  #sendForTurn(type, fields = {}) {
    this.#command({ type, turn_id: this.#store.state.turn_id, ...fields });
  }

  /** What was said before a press belongs before it; what makes no sense any more once that is out is not sent. */
  async #catchUp() {
    if (!(await this.#uplink.flush())) return;
    this.#isBehind = false;
    for (const message of this.#outbox.renew(this.#store.state)) this.#socket.send(message);
    this.#store.set({ isWaiting: false });
  }

  /** Sends what must not be lost with the connection, or keeps it until it can go out. */
  #command(message) {
    this.#outbox.add(message, this.#store.state);
    if (this.#isBehind || !this.#socket.isOpen) this.#store.set({ isWaiting: true });
    else this.#socket.send(message);
  }
}
