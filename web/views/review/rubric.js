/** The rubric: each criterion with the level reached, what that level means, the quotes, and what was missing. */

import { h, icon } from "../../dom.js";
import { clock } from "../../format.js";
import { verdictBadge } from "../verdict.js";

export const NOT_ASSESSABLE = "Not Assessable";
const DESCRIPTORS = { "Strong Hire": "strong", "Lean Hire": "lean", "No Hire": "no" };

/** `hear(turn_id, seconds)` plays an answer from there. */
export function makeRubric(question, grade, hear) {
  const results = new Map(grade.criteria.map((result) => [result.criterion_id, result]));
  const isAssessable = grade.verdict !== NOT_ASSESSABLE;
  return h(
    "ol",
    { class: "rubric" },
    question.criteria.map((criterion, n) => makeCriterion(criterion, n + 1, results.get(criterion.id), isAssessable, hear)),
  );
}

function makeCriterion(criterion, number, result, isAssessable, hear) {
  const statements = new Map(criterion.points.map((point) => [point.id, point]));
  const findings = result?.findings ?? [];
  const missing = findings.filter(
    ({ status, point_id }) => status === "not met" && statements.get(point_id)?.tier === "strong",
  );
  return h(
    "li",
    {},
    h(
      "div",
      { class: "criterion-head" },
      h("h3", {}, h("span", { class: "number" }, String(number)), criterion.name),
      isAssessable && verdictBadge(result?.level),
    ),
    isAssessable && result && h("p", { class: "soft" }, criterion[DESCRIPTORS[result.level]]),
    h(
      "ul",
      { class: "quotes" },
      findings
        .filter(({ evidence }) => evidence)
        .map((finding) => h("li", {}, makeQuote(finding, statements.get(finding.point_id), hear))),
    ),
    missing.length > 0 &&
      h(
        "div",
        { class: "missing" },
        h("h4", { class: "label" }, "What was missing"),
        h(
          "ul",
          {},
          missing.map(({ point_id }) => h("li", {}, statements.get(point_id).statement)),
        ),
      ),
  );
}

function makeQuote({ status, evidence, note }, point, hear) {
  const isContradicted = status === "contradicted";
  const words = h("q", { class: isContradicted ? "said contradicted" : "said" }, evidence.quote);
  const quote =
    evidence.start === null
      ? h("span", { class: "quote written" }, words)
      : h(
          "button",
          { type: "button", class: "quote", title: "Hear it", onclick: () => hear(evidence.turn_id, evidence.start) },
          icon("play"),
          h("span", {}, words),
          h("span", { class: "small soft figures" }, clock(evidence.start)),
        );
  const remark = `${isContradicted ? "Contradicts: " : ""}${point.statement}${note && ` (${note})`}`;
  return [quote, h("p", { class: "small soft" }, remark)];
}
