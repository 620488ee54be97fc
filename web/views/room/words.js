/** What the interview room says about each phase. */

const PHASES = {
  connecting: "Connecting",
  ready: "Ready when you are",
  asking: "The interviewer is speaking",
  thinking: "Time to think",
  answering: "Listening",
  finalising: "Writing down your last words",
  followingup: "Thinking about a follow-up",
  grading: "Grading your answers",
  finished: "Finished",
};

export function phaseWords({ phase, typing }) {
  return phase === "answering" && typing ? "The clock runs while you type" : PHASES[phase];
}

/** What a screen reader says when the phase changes. The voice reads the question itself. */
export function announcement({ phase, state }) {
  const what = state.follow_up ? "Follow-up" : `Question ${state.round} of ${state.rounds}`;
  switch (phase) {
    case "asking":
      return state.voice ? `${what}.` : `${what}: ${state.text}`;
    case "thinking":
      return "Time to think. The clock starts when you speak.";
    case "answering":
      return `The clock runs: ${Math.round(state.limit_ms / 1000)} seconds.`;
    default:
      return `${PHASES[phase]}.`;
  }
}
