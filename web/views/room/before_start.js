/** Before the first question: what is coming, what you are to do, and whether the sound works. */

import { begin, get } from "../../api.js";
import { h, icon, problem } from "../../dom.js";
import { extraTime } from "../../format.js";
import { duration, durations, KINDS } from "../../text.js";
import { isTickWanted, wantTick } from "../../tick.js";
import { makeSoundCheck } from "../soundcheck.js";

/** Formats whose question is shown, or its kind, before it is asked. */
const NAMED_GROUPS = ["drill", "practice"];

export async function makeReady(store, controller, review) {
  const { formats, tiers } = await get("/api/formats");
  const format = formats.find(({ id }) => id === review.format);
  const task = formatOfKind(formats, review)?.task ?? format?.task;
  const tier = tiers.find(({ id }) => id === review.options.tier);
  const soundCheck = makeSoundCheck();
  const isFirst = format?.group === "first";
  const element = h(
    "section",
    { class: "ready" },
    h(
      "div",
      { class: "stack" },
      h("div", {}, h("p", { class: "kicker" }, kickerOf(review, format)), h("h1", {}, titleOf(review, format))),
      task && h("p", { class: "lead" }, task),
      h("dl", { class: "facts" }, factsOf(review, tier, isFirst).map(([name, fact]) => h("div", {}, h("dt", {}, name), h("dd", {}, fact)))),
      makeAnother(review, format),
    ),
    h("div", { class: "stack" }, soundCheck.element, makeTickChoice()),
  );
  store.addEventListener("change", () => {
    if (!["connecting", "ready"].includes(store.phase)) soundCheck.close();
  });
  // The interview opens the microphone itself.
  controller.addEventListener("opening", soundCheck.close);
  // Whoever has just asked for a first question expects to be asked for the microphone.
  if (isFirst) soundCheck.open();
  return { element, checkSound: () => store.phase === "ready" && soundCheck.open() };
}

/** The format that is made for the kind of question that somebody chose: its task says more. */
function formatOfKind(formats, { rounds: [{ question }] }) {
  const ids = { "candidate-evaluation": "evaluate", problem: "problems", story: "story" };
  return formats.find(({ id }) => id === ids[question.kind]);
}

function makeTickChoice() {
  const box = h("input", { type: "checkbox", id: "tick", checked: isTickWanted(), onchange: () => wantTick(box.checked) });
  return h("p", { class: "choice" }, box, h("label", { htmlFor: box.id }, "Soft tick in the last ten seconds"));
}

function kickerOf({ rounds, options }, format) {
  const [{ question }] = rounds;
  const kind = rounds.length === 1 && NAMED_GROUPS.includes(format?.group) && KINDS[question.kind];
  return `${kind || "Before you start"}${extraTime(options)}`;
}

/** What is practised at length has its question named; what is drawn for a mock stays a surprise. */
function titleOf({ title, rounds }, format) {
  return rounds.length === 1 && NAMED_GROUPS.includes(format?.group) ? rounds[0].question.title : title;
}

/** What is coming, as name and words. The very first question needs few of them. */
function factsOf({ rounds, think_s, silence_s }, tier, isFirst) {
  const limits = rounds.map(({ limit_s }) => limit_s);
  const time = durations([Math.min(...limits), Math.max(...limits)]);
  const { follow_ups, follow_up_limit_s, question } = rounds[0];
  const hints = Math.max(...rounds.map((round) => round.question.hints.length));
  const some = `${follow_ups} after each answer, ${duration(follow_up_limit_s)} each`;
  return [
    ["Questions", rounds.length === 1 ? `1, with ${time} to answer` : `${rounds.length}, with ${time} each`],
    !isFirst && ["Follow-ups", follow_ups === 0 ? "None" : follow_ups === 1 ? `1 after each answer, ${duration(follow_up_limit_s)}` : some],
    hints > 0 && ["Hints", `${hints} available. Using one shows in your result.`],
    ["The clock", `Starts when you speak, or ${duration(think_s)} after the question`],
    ["Silence", `${duration(silence_s)} of silence end your answer, fewer if it sounds finished`],
    !isFirst && tier && ["Interviewer", question.kind === "candidate-evaluation" ? "You" : `From ${tier.who}`],
  ].filter(Boolean);
}

/** Another question in the same format, for formats that draw one, or of the same topic. */
function makeAnother({ format: id, options, rounds }, format) {
  if (!format || rounds.length !== 1 || ["first", "story", "due"].includes(format.id)) return null;
  const failure = h("div");
  const button = h("button", { type: "button", class: "button", onclick: another }, icon("again"), "Another question");

  async function another() {
    failure.replaceChildren();
    try {
      const { tier, time_factor } = options;
      await begin({ format: id, tier, time_factor, follow_ups: rounds[0].follow_ups, question_id: await chosen() });
    } catch (error) {
      failure.replaceChildren(problem(error.message));
    }
  }

  /** What the format doesn't draw by itself, or would perhaps draw again. */
  async function chosen() {
    const [{ question }] = rounds;
    const { questions } = await get("/api/bank");
    const others = questions.filter(({ id, kind, topic }) => {
      const fits = format.needs_question ? topic === question.topic : kind === question.kind;
      return fits && id !== question.id;
    });
    return others[Math.floor(Math.random() * others.length)]?.id;
  }

  return h("div", { class: "row" }, button, failure);
}
