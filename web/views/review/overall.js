/** The page over all rounds of an interview: how it went, the best and the weakest moment, and what to practise next. */

import { h } from "../../dom.js";
import { plural } from "../../format.js";
import { SCALE, verdictStrip } from "../verdict.js";
import { bestFinding, makeDoneWell, makeToAdd, nextFinding } from "./coach.js";

/** `hear(n)(turn_id, seconds)` plays an answer of round n. */
export function makeOverall(rounds, address, hear) {
  const graded = rounds
    .map((round, n) => ({ round, n, height: SCALE.indexOf(round.grade?.verdict) }))
    .filter(({ height }) => height >= 0);
  const best = graded.filter(({ round }) => bestFinding(round.grade)).sort((a, b) => b.height - a.height)[0];
  const weakest = graded.filter(({ round }) => nextFinding(round.grade)).sort((a, b) => a.height - b.height)[0];
  return h(
    "div",
    { class: "overall stack" },
    graded.length > 0 && verdictStrip(graded.map(({ round }) => round.grade.verdict)),
    graded.length > 0 && h("p", { class: "judgement" }, storyOf(rounds, graded)),
    h(
      "div",
      { class: "coach-cards" },
      best && makeDoneWell(bestFinding(best.round.grade), hear(best.n), "Best moment: ", linkTo(best)),
      weakest &&
        makeToAdd(
          nextFinding(weakest.round.grade),
          { round: weakest.round, address, hear: hear(weakest.n) },
          "Weakest moment: ",
          linkTo(weakest),
        ),
    ),
  );
}

/** "5 questions: you made 14 of the 51 points of good answers." with where it went up or down. */
function storyOf(rounds, graded) {
  const findings = graded.flatMap(({ round }) => round.grade.criteria).flatMap((criterion) => criterion.findings);
  const made = findings.filter(({ status }) => status === "met").length;
  const heights = graded.map(({ height }) => height);
  const half = Math.floor(heights.length / 2);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const change = heights.length >= 4 ? mean(heights.slice(-half)) - mean(heights.slice(0, half)) : 0;
  const course = change >= 0.5 ? " You got stronger towards the end." : change <= -0.5 ? " Your first answers were stronger than your last." : "";
  return `${plural(rounds.length, "question")}: you made ${made} of the ${plural(findings.length, "point")} of good answers.${course}`;
}

function linkTo({ round }) {
  return h("a", { href: `#round-${round.round}` }, round.question.title);
}
