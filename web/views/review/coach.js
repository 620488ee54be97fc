/** The first screen of a round: the verdict on its scale, one thing done well, one thing to add, and a drill of that thing. */

import { h, icon } from "../../dom.js";
import { clock, plural } from "../../format.js";
import { VERDICTS } from "../../text.js";
import { makeSpoken } from "./read_aloud.js";
import { makeRepair } from "./repair.js";
import { makeQuote } from "./rubric.js";
import { makeSteps } from "./verdict_scale.js";

/** A first word after so many seconds sounds sure. */
const QUICK_S = 4;

/**
 * `hear(turn_id, seconds)` plays an answer from there; `unsureId` is where the points are that are not sure. Of several
 * drills on a page only one is lit.
 */
export function makeCoach({ round, address, hear, unsureId, isLit }) {
  const { grade } = round;
  const best = bestFinding(grade);
  const next = nextFinding(grade);
  return h(
    "div",
    { class: "coach" },
    makeJudgement(grade, unsureId),
    h(
      "div",
      { class: "coach-cards" },
      best ? makeDoneWell(best, hear) : makeSpokenWell(round),
      next && makeToAdd(next, { round, address, hear, isLit }),
    ),
  );
}

/** The point that was made most clearly; null where none was made. */
export function bestFinding({ criteria }) {
  const made = criteria
    .flatMap(({ findings }) => findings)
    .filter(({ status, evidence, note }) => status === "met" && evidence && note !== "shown by another point");
  const rank = ({ tier, confidence }) => (tier === "strong" ? 1 : 0) + confidence;
  return made.sort((a, b) => rank(b) - rank(a))[0] ?? null;
}

/** The point to add next time, or to put right. */
export function nextFinding({ criteria, next_point }) {
  return criteria.flatMap(({ findings }) => findings).find(({ point_id }) => point_id === next_point) ?? null;
}

function makeJudgement({ range, verdict, criteria }, unsureId) {
  const findings = criteria.flatMap((criterion) => criterion.findings);
  const count = (wanted) => findings.filter(({ status }) => status === wanted).length;
  const isOpen = range && range[0] !== range[1];
  return h(
    "div",
    { class: "scale-block" },
    range && makeSteps(range, verdict),
    h("p", { class: "judgement" }, `${VERDICTS[verdict]} You made ${count("met")} of the ${plural(findings.length, "point")} of a good answer.`),
    isOpen &&
      h(
        "p",
        { class: "depends" },
        `${range[0]} to ${range[1]}, depending on `,
        h("a", { href: `#${unsureId}` }, `${plural(count("not sure"), "point")} we’re not sure about`),
        ".",
      ),
  );
}

export function makeDoneWell(finding, hear, ...title) {
  return h(
    "article",
    { class: "coach-card well" },
    makeCardTitle("verdict-lean-hire", "Done well", title),
    h("p", { class: "point" }, finding.statement),
    makeQuote(finding.evidence, "hue-3", hear),
  );
}

function makeCardTitle(sign, usual, title) {
  return h("h2", {}, icon(sign), h("span", {}, title.length > 0 ? title : usual));
}

/** Where no point was made there may still be something good in how it was said; null where not. */
function makeSpokenWell({ answers }) {
  const delivery = answers.find((answer) => answer.delivery)?.delivery;
  if (!delivery || delivery.first_word_s > QUICK_S) return null;
  return h(
    "article",
    { class: "coach-card well" },
    makeCardTitle("verdict-lean-hire", "Done well", []),
    h("p", {}, delivery.advice.first_word),
  );
}

export function makeToAdd(finding, { round, address, hear, isLit = true }, ...title) {
  const { status, evidence, statement, model_sentence, point_id } = finding;
  const isWrong = status === "contradicted" && evidence;
  const point = `${address}/rounds/${round.round}/points/${encodeURIComponent(point_id)}`;
  return h(
    "article",
    { class: "coach-card add" },
    makeCardTitle(isWrong ? "warning" : "plus", isWrong ? "Check this" : "Add this next time", title),
    h(
      "div",
      { class: "stack" },
      title.length > 0 && !isWrong && h("p", { class: "label" }, "Practise this next"),
      isWrong && [h("p", { class: "label" }, "You said"), makeQuote(evidence, "contradicted", hear), h("p", { class: "label" }, "In fact")],
      h("p", {}, statement),
      makeRepair({ address: point, before: beforeOf(finding, round), isLit }),
    ),
    h(
      "div",
      { class: "model-sentence" },
      model_sentence && h("p", {}, h("span", { class: "label" }, "For example"), h("q", { class: "said" }, model_sentence)),
      makeSpoken(`${point}/model.wav`, "Hear it said"),
    ),
  );
}

/** What was said before a repair drill: the words about the point, else the first ones; null where there is no recording. */
function beforeOf({ evidence, point_id }, { answers, grade }) {
  const criterion = grade.criteria.find(({ findings }) => findings.some((finding) => finding.point_id === point_id));
  const near = [evidence, ...criterion.findings.map((finding) => finding.evidence)].find((one) => one?.start != null);
  if (near) return spanOf(answers.find(({ turn_id }) => turn_id === near.turn_id), near.start, near.end);
  const spoken = answers.find(({ audio, typed, words }) => audio && !typed && words.length > 0);
  return spoken ? spanOf(spoken, spoken.words[0].start, spoken.words[0].start + 8) : null;
}

function spanOf(answer, start, end) {
  return answer?.audio ? { audio: answer.audio, start, end: Math.min(end + 0.3, answer.duration_s), at: clock(start) } : null;
}
