/** What became of an interview: per question the verdict, the words it rests on, what was missing, and the model answer. */

import { begin, get } from "../api.js";
import { h, icon, problem } from "../dom.js";
import { day, plural } from "../format.js";
import { makeDeleteButton } from "./interviews.js";
import { makeAnswer } from "./review/answer.js";
import { makeRubric, NOT_ASSESSABLE } from "./review/rubric.js";
import { verdictBadge } from "./verdict.js";

const POLL_MS = 3000;

export async function show(page, id) {
  const review = await get(`/api/interviews/${id}`);
  document.title = `${review.title} · Hotseat`;
  const rounds = review.rounds.map((round) => makeRound(round));
  page.replaceChildren(h("div", { class: "review" }, makeHeader(id, review), rounds));

  // Only rounds that were waiting are drawn anew, so that a transcript being read or heard stays put.
  async function poll() {
    const fresh = await get(`/api/interviews/${id}`);
    fresh.rounds.forEach((round, n) => {
      if (!isPending(review.rounds[n]) || isPending(round)) return;
      review.rounds[n] = round;
      const element = makeRound(round);
      rounds[n].replaceWith(element);
      rounds[n] = element;
    });
    pollIfPending();
  }

  function pollIfPending() {
    if (review.rounds.some(isPending)) setTimeout(() => poll().catch(pollIfPending), POLL_MS);
  }
  pollIfPending();
}

function makeHeader(id, review) {
  const failure = h("div");
  const isDrill = review.rounds.length === 1;
  const choices = { format: review.format, question_id: isDrill ? review.rounds[0].question.id : undefined };
  const again = () => begin(choices).catch((error) => failure.replaceChildren(problem(error.message)));
  return h(
    "header",
    { class: "review-head stack" },
    h("div", {}, h("p", { class: "kicker" }, day(review.created)), h("h1", {}, review.title)),
    !review.finished && h("p", {}, "This interview is not over. ", h("a", { href: `/interview/${id}` }, "Go back to it.")),
    !isDrill && h("ol", { class: "overview" }, review.rounds.map(makeOverviewRow)),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "button lit", onclick: again }, icon("again"), "Practise again"),
      makeDeleteButton(id, review.title, () => location.assign("/past")),
    ),
    failure,
  );
}

function makeOverviewRow(round) {
  return h("li", {}, h("a", { href: `#round-${round.round}` }, round.question.title), makeVerdict(round));
}

function makeVerdict({ answers, grade, grade_state }, { large = false } = {}) {
  if (answers.length === 0) return h("span", { class: "soft" }, "not answered");
  if (grade_state === "pending") return h("span", { class: "soft", role: "status" }, "grading…");
  return verdictBadge(grade?.verdict, { fallback: grade?.fallback, large });
}

function isPending(round) {
  return round.answers.length > 0 && round.grade_state === "pending";
}

function makeRound(round) {
  const { question, answers, grade } = round;
  const recordings = new Map();
  const hear = (turn, seconds) => recordings.get(turn)?.playFrom(seconds);
  const talk = answers.map((answer) => {
    const made = makeAnswer(answer, question, grade);
    recordings.set(answer.turn_id, made);
    return made.element;
  });
  return h(
    "section",
    { class: "round", id: `round-${round.round}`, "aria-labelledby": `round-${round.round}-title` },
    h(
      "header",
      { class: "round-head" },
      h("h2", { id: `round-${round.round}-title` }, question.title),
      makeVerdict(round, { large: true }),
    ),
    makeRemarks(round),
    round.hints_used > 0 && makeHints(round),
    h(
      "div",
      { class: "round-body" },
      h(
        "div",
        { class: "conversation" },
        talk.length > 0 ? talk : h("p", { class: "soft" }, "This question was not answered."),
      ),
      h("div", { class: "assessment" }, grade && makeAssessment(question, grade, hear), makeModelAnswer(question)),
    ),
    grade && makeColophon(grade),
  );
}

/** What has to be said plainly before anyone reads the verdict. */
function makeRemarks({ grade, grade_state, grade_reason }) {
  const remarks = [];
  if (grade?.advice) remarks.push(h("p", { class: "advice" }, grade.advice));
  if (grade_state === "not graded")
    remarks.push(makeRemark("warning", `Not graded: ${grade_reason || "no reason was recorded"}`));
  if (grade?.fallback)
    remarks.push(makeRemark("note", `Graded by the built-in stand-in, not the grader you chose. ${grade.reason}`));
  else if (grade?.reason) remarks.push(makeRemark("note", grade.reason));
  return h("div", { class: "remarks" }, remarks);
}

function makeHints({ question, hints_used }) {
  return h(
    "details",
    { class: "fold hints-used" },
    h("summary", {}, `Answered with ${hints_used} of ${plural(question.hints.length, "hint")}`),
    h(
      "ol",
      {},
      question.hints.slice(0, hints_used).map((text, n) => h("li", {}, h("span", { class: "label" }, `Hint ${n + 1} `), text)),
    ),
  );
}

function makeRemark(sign, text) {
  return h("p", { class: "remark" }, icon(sign), h("span", {}, text));
}

/** Of an answer that could not be assessed the levels mean nothing; what was looked for may still be read. */
function makeAssessment(question, grade, hear) {
  const rubric = makeRubric(question, grade, hear);
  if (grade.verdict !== NOT_ASSESSABLE) return rubric;
  return h("details", { class: "fold" }, h("summary", {}, "What the rubric asks for"), rubric);
}

function makeModelAnswer({ model_answer }) {
  return h(
    "details",
    { class: "fold" },
    h("summary", {}, "A model answer"),
    model_answer
      .trim()
      .split(/\n{2,}/)
      .map((paragraph) => h("p", { class: "said" }, paragraph)),
  );
}

/** Where the grade comes from, for those who doubt it. */
function makeColophon({ grader, model, rubric_version, prompt_version, seconds, tokens }) {
  const parts = [
    `Grader: ${[grader, model].filter(Boolean).join(", ")}`,
    rubric_version && `rubric ${rubric_version}`,
    prompt_version && `prompts ${prompt_version}`,
    `${seconds.toFixed(1)} s`,
    tokens > 0 && `${tokens} tokens`,
  ];
  return h("p", { class: "colophon soft small" }, parts.filter(Boolean).join(" · "));
}
