/**
 * The outbox: commands of the candidate that the server may not have received yet. A broken connection is often noticed only
 * later, so each is kept until a state shows that it was received, and sent again on reconnecting if it still makes sense.
 */

import { OPEN_PHASES } from "./store.js";

/** Commands after which nothing more is to be said in this turn. */
const ENDINGS = ["done", "typed", "request", "skip"];

export class Outbox {
  #entries = [];

  /** `state` is the one in which the command was given. A later one of the same type replaces it. */
  add(message, state) {
    this.#entries = [...this.#entries.filter((entry) => entry.message.type !== message.type), { message, state }];
  }

  /** The answer is over as far as the candidate is concerned. */
  endsAnswer(state) {
    return this.#entries.some(
      ({ message, state: then }) =>
        ENDINGS.includes(message.type) && message.turn_id === state.turn_id && then.phase !== "asking",
    );
  }

  /** Forgets what a new state shows to have been received, or to have come too late. */
  settle(state) {
    this.#entries = this.#entries.filter((entry) => isPending(entry, state));
  }

  /** The messages to send again in the first state after reconnecting; the others are forgotten. */
  renew(state) {
    this.settle(state);
    return this.#entries.map(({ message }) => message);
  }
}

function isPending({ message, state: then }, now) {
  if (message.type === "end") return !["grading", "finished"].includes(now.phase);
  if (now.turn_id !== then.turn_id || !OPEN_PHASES.includes(now.phase)) return false;
  switch (message.type) {
    case "done": // Of a question it means another thing than of an answer.
      return now.phase === then.phase;
    case "barge_in":
      return now.phase !== "answering";
    case "hint":
      return now.hints_left === then.hints_left;
    default:
      return true;
  }
}
