/** The rubric: a table of the levels reached, then each criterion with what was made, to be checked, not heard; and, apart, what is not sure. */

import { h, icon } from "../../dom.js";
import { clock } from "../../format.js";
import { verdictBadge } from "../verdict.js";

export const NOT_ASSESSABLE = "Not Assessable";
const DESCRIPTORS = { "Strong Hire": "strong", "Lean Hire": "lean", "No Hire": "no" };

/** `hear(turn_id, seconds)` plays an answer from there; `say(finding)` makes the buttons for the candidate's own word. */
export function makeRubric({ question, grade, idOf, hear, say }) {
  const results = new Map(grade.criteria.map((result) => [result.criterion_id, result]));
  const isAssessable = grade.verdict !== NOT_ASSESSABLE;
  const rows = criteriaOf(question, grade).map((criterion, n) => ({
    criterion,
    number: n + 1,
    result: results.get(criterion.id),
  }));
  return h(
    "div",
    { class: "stack" },
    isAssessable && makeTable(rows, idOf),
    h(
      "ol",
      { class: "rubric" },
      rows.map((row) => makeCriterion({ ...row, question, id: idOf(row.number), isAssessable, hear, say })),
    ),
  );
}

/** Points that are not sure, of all criteria; null where there are none. */
export function makeUnsurePoints({ criteria }, hear, say) {
  const unsure = criteria.flatMap(({ findings }) => findings).filter(({ status }) => status === "not sure");
  return unsure.length === 0 ? null : h("div", { class: "findings unsure" }, h("ul", {}, makeUnsure(unsure, hear, say)));
}

/** Those of the question, or, once it has left the bank, what the grade remembers of them. */
export function criteriaOf(question, grade) {
  return question.in_bank ? question.criteria : grade.criteria.map(({ criterion_id, name }) => ({ id: criterion_id, name }));
}

function makeTable(rows, idOf) {
  return h(
    "table",
    { class: "level-table" },
    h("caption", { class: "unseen" }, "Level reached in each criterion"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ["Criterion", "Points made", "Level"].map((name) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      {},
      rows.map(({ criterion, number, result }) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, makeNumber(number), h("a", { href: `#${idOf(number)}` }, criterion.name)),
          h("td", { class: "figures" }, result ? madeOf(result.findings) : "–"),
          h("td", {}, verdictBadge(result?.level)),
        ),
      ),
    ),
  );
}

/** "1 of 3", or "1–2 of 3" while one is not sure. */
function madeOf(findings) {
  const count = (wanted) => findings.filter(({ status }) => status === wanted).length;
  const [made, unsure] = [count("met"), count("not sure")];
  return `${made}${unsure ? `–${made + unsure}` : ""} of ${findings.length}`;
}

function makeNumber(number) {
  return h("span", { class: `number hue-${number}` }, String(number));
}

function makeCriterion({ question, criterion, number, result, id, isAssessable, hear, say }) {
  const findings = result?.findings ?? [];
  const of = (wanted) => findings.filter(({ status }) => status === wanted);
  const unheard = question.in_bank ? findings.filter((finding) => isWorthNaming(finding, findings)) : [];
  const shown = new Set();
  return h(
    "li",
    { id, tabIndex: -1 },
    h(
      "div",
      { class: "criterion-head" },
      h("h3", {}, makeNumber(number), criterion.name),
      isAssessable && verdictBadge(result?.level),
    ),
    isAssessable && result && h("p", { class: "soft" }, criterion[DESCRIPTORS[result.level]]),
    makeGroup("You said", "made", makeQuoted(of("met"), `hue-${number}`, hear, say)),
    makeGroup("Check this", "check", makeQuoted(of("contradicted"), "contradicted", hear, say)),
    of("not sure").length > 0 && h("p", { class: "soft" }, `${of("not sure").length} not sure: see above.`),
    makeGroup(
      "Not heard",
      "missing",
      unheard.map((finding) => h("li", placeOf(finding), makeMissing(finding, say, shown))),
    ),
  );
}

function makeGroup(title, name, items) {
  if (items.length === 0) return null;
  return h("div", { class: `findings ${name}` }, h("h4", { class: "label" }, title), h("ul", {}, items));
}

/** Where focus goes once the candidate's word of a point is stored. */
function placeOf({ point_id }) {
  return { tabIndex: -1, "data-point": point_id };
}

/** A strong point includes the lean one, which is named only where even that was not shown, or where the candidate said no. */
function isWorthNaming({ status, tier, said }, findings) {
  if (status !== "not met") return false;
  return tier === "strong" || said === false || findings.every((finding) => finding.status === "not met");
}

/** Quotes, each with the points that rest on it. */
function makeQuoted(findings, look, hear, say) {
  return byQuote(findings).map((group) =>
    h(
      "li",
      {},
      makeQuote(group[0].evidence, look, hear),
      onePerStatement(group).map((finding) => h("div", placeOf(finding), makeClaim(finding, say))),
    ),
  );
}

/** Findings with evidence, those that rest on the same words together. */
function byQuote(findings) {
  const groups = new Map();
  for (const finding of findings) {
    if (!finding.evidence) continue;
    const { turn_id, word_start, word_end } = finding.evidence;
    const key = `${turn_id} ${word_start} ${word_end}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

/** Points that have left the rubric all say the same. */
function onePerStatement(findings) {
  return [...new Map(findings.map((finding) => [finding.statement, finding])).values()];
}

export function makeQuote(evidence, look, hear) {
  const words = h("q", { class: `said ${look}` }, evidence.quote);
  if (evidence.start === null) return h("span", { class: "quote written" }, words);
  return h(
    "button",
    { type: "button", class: "quote", title: "Hear it", onclick: () => hear(evidence.turn_id, evidence.start) },
    icon("play"),
    h("span", {}, words),
    h("span", { class: "small soft figures" }, clock(evidence.start)),
  );
}

/** What a quote shows, and what has to be known about it. */
function makeClaim(finding, say) {
  const { status, statement, said, note, evidence } = finding;
  const isContradicted = status === "contradicted";
  const remark = note && said === null ? ` (${note})` : "";
  return [
    h("p", { class: "small soft" }, `${isContradicted ? "This seems to say the opposite of: " : ""}${statement}${remark}`),
    evidence.typed_in && makeTypedIn(),
    say(finding),
  ];
}

function makeTypedIn() {
  return h("p", { class: "small typed-in" }, icon("note"), "Includes a word you corrected afterwards.");
}

/** The point first, as it is what is asked; then the words that come nearest to it. */
function makeUnsure(findings, hear, say) {
  return findings.map((finding) =>
    h(
      "li",
      placeOf(finding),
      h("p", {}, finding.statement),
      finding.evidence && [
        h("p", { class: "label" }, finding.note ? `Check this passage: it ${finding.note}` : "The closest thing you said"),
        makeQuote(finding.evidence, "nearest", hear),
        finding.evidence.typed_in && makeTypedIn(),
      ],
      say(finding),
    ),
  );
}

/** `shown` are the sentences of the model answer that stand above already: one may hold several points. */
function makeMissing(finding, say, shown) {
  const isNew = finding.model_sentence && !shown.has(finding.model_sentence);
  shown.add(finding.model_sentence);
  return [
    h("p", {}, finding.statement),
    isNew &&
      h(
        "p",
        { class: "small model" },
        h("span", { class: "label" }, "The model answer: "),
        h("q", { class: "said" }, finding.model_sentence),
      ),
    say(finding),
  ];
}
