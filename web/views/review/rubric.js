/** The rubric: a table of the levels reached, then each criterion with its quotes and with what was missing. */

import { h, icon } from "../../dom.js";
import { clock } from "../../format.js";
import { verdictBadge } from "../verdict.js";

export const NOT_ASSESSABLE = "Not Assessable";
const DESCRIPTORS = { "Strong Hire": "strong", "Lean Hire": "lean", "No Hire": "no" };

/** `hear(turn_id, seconds)` plays an answer from there; `dispute(finding, statement)` makes the button to say "I did say this". */
export function makeRubric({ question, grade, idOf, hear, dispute }) {
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
      rows.map((row) => makeCriterion({ ...row, question, id: idOf(row.number), isAssessable, hear, dispute })),
    ),
  );
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

function madeOf(findings) {
  return `${findings.filter(({ status }) => status === "met").length} of ${findings.length}`;
}

function makeNumber(number) {
  return h("span", { class: `number hue-${number}` }, String(number));
}

function makeCriterion({ question, criterion, number, result, id, isAssessable, hear, dispute }) {
  const shown = new Set();
  const findings = result?.findings ?? [];
  const missing = question.in_bank ? findings.filter((finding) => isWorthNaming(finding, findings)) : [];
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
    h(
      "ul",
      { class: "quotes" },
      byQuote(findings).map((group) =>
        h(
          "li",
          {},
          makeQuote(group, number, hear),
          onePerStatement(group).map((finding) => makeClaim(finding, dispute)),
        ),
      ),
    ),
    missing.length > 0 &&
      h(
        "div",
        { class: "missing" },
        h("h4", { class: "label" }, "What was missing"),
        h(
          "ul",
          {},
          missing.map((finding) => h("li", {}, makeMissing(finding, dispute, shown))),
        ),
      ),
  );
}

/** A strong point includes the lean one, which is named only where even that was not shown. */
function isWorthNaming({ status, tier }, findings) {
  return status === "not met" && (tier === "strong" || findings.every((finding) => finding.status === "not met"));
}

/** Findings with evidence, those that rest on the same words together. */
function byQuote(findings) {
  const groups = new Map();
  for (const finding of findings) {
    if (!finding.evidence) continue;
    const { turn_id, word_start, word_end } = finding.evidence;
    const key = `${finding.status} ${turn_id} ${word_start} ${word_end}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  return [...groups.values()];
}

/** Points that have left the rubric all say the same. */
function onePerStatement(findings) {
  return [...new Map(findings.map((finding) => [finding.statement, finding])).values()];
}

function makeQuote([{ status, evidence }], number, hear) {
  const look = status === "contradicted" ? "contradicted" : `hue-${number}`;
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
function makeClaim(finding, dispute) {
  const { status, statement, note, evidence } = finding;
  const isContradicted = status === "contradicted";
  return [
    h("p", { class: "small soft" }, `${isContradicted ? "Contradicts: " : ""}${statement}${note && ` (${note})`}`),
    evidence.typed_in && h("p", { class: "small typed-in" }, icon("note"), "Holds a word that you wrote in afterwards."),
    isContradicted && dispute(finding, statement),
  ];
}

/** `shown` are the sentences of the model answer that stand above already: one may hold several points. */
function makeMissing(finding, dispute, shown) {
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
    dispute(finding, finding.statement),
  ];
}
