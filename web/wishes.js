/**
 * What the candidate pressed or wrote and the server may not have got yet. A broken line is often noticed only later, so
 * every wish is kept until a state shows that it was taken, and sent again on the next line if it still makes sense there.
 */

import { OPEN_PHASES } from "./store.js";

/** After which nothing more is to be said in this turn. */
const ENDINGS = ["done", "typed", "request", "skip"];

export class Wishes {
  #kept = [];

  /** `state` is the one in which it was pressed. Of two wishes of a kind the later counts. */
  add(message, state) {
    this.#kept = [...this.#kept.filter((wish) => wish.message.type !== message.type), { message, state }];
  }

  /** The answer is over as far as the candidate is concerned. */
  endsAnswer(state) {
    return this.#kept.some(
      ({ message, state: then }) =>
        ENDINGS.includes(message.type) && message.turn_id === state.turn_id && then.phase !== "asking",
    );
  }

  /** What a new state shows to have been taken, or to have come too late, is forgotten. */
  settle(state) {
    this.#kept = this.#kept.filter((wish) => isStillWanted(wish, state));
  }

  /** The messages to send again in the state that a new line begins with; the others are forgotten. */
  renew(state) {
    this.settle(state);
    return this.#kept.map(({ message }) => message);
  }
}

function isStillWanted({ message, state: then }, now) {
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
