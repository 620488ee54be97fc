/** Two attempts: points gained and lost with the words they rest on, levels, delivery, and both transcripts. */

import { h } from "../../dom.js";
import { plural } from "../../format.js";
import { measures } from "../review/delivery.js";
import { plainTable } from "../table.js";
import { verdictBadge } from "../verdict.js";

/** `names` are those of the two attempts, "Attempt 1". */
export function makeComparison({ earlier, later, gained, lost, criteria }, names) {
  if (earlier.id === later.id) return h("p", { class: "soft" }, "That is the same attempt twice.");
  const points = criteria.flatMap((criterion) => criterion.points);
  const both = (status) => points.filter(({ change, later }) => change === "same" && (later.status === "met") === status);
  return h(
    "div",
    { class: "stack" },
    criteria.length > 0 ? makeHeadline(earlier, later, gained, lost) : makeUngraded(earlier, names),
    makeDoubts([earlier, later], names),
    h(
      "div",
      { class: "changes" },
      makePoints(
        "Gained",
        "gained",
        points.filter(({ change }) => change === "gained"),
        true,
      ),
      makePoints(
        "Lost",
        "lost",
        points.filter(({ change }) => change === "lost"),
        true,
      ),
      makePoints(
        "Not sure",
        "unsure",
        points.filter(({ change }) => change === "not sure"),
        false,
      ),
      makePoints("Said both times", "kept", both(true), false),
      makePoints("Not heard both times", "missing", both(false), false),
    ),
    criteria.length > 0 && makeLevels(criteria, names),
    makeDelivery(earlier, later, names),
    h("div", { class: "sides" }, makeSide(earlier, names[0]), makeSide(later, names[1])),
  );
}

function makeHeadline(earlier, later, gained, lost) {
  return h(
    "div",
    { class: "headline" },
    h("p", { class: "score figures" }, h("strong", {}, String(gained)), " gained, ", h("strong", {}, String(lost)), " lost"),
    h(
      "p",
      { class: "row" },
      verdictBadge(earlier.verdict),
      h("span", { class: "soft" }, "then"),
      verdictBadge(later.verdict),
      h("span", { class: "soft figures" }, `${earlier.met} then ${later.met} of ${plural(later.points, "point")} made`),
    ),
  );
}

function makeUngraded(earlier, names) {
  const name = earlier.verdict === null ? names[0] : names[1];
  return h("p", {}, `${name} has no grade, so there are no points to compare. What was said is below.`);
}

function makeDoubts(sides, names) {
  const doubts = sides.flatMap(({ aside }, n) => (aside ? [`${names[n]} was graded by the stand-in grader`] : []));
  if (sides[0].rubric_version && sides[1].rubric_version && sides[0].rubric_version !== sides[1].rubric_version)
    doubts.push("the rubric has changed between the two");
  return doubts.length > 0 && h("p", { class: "soft" }, `Compare with care: ${doubts.join("; ")}.`);
}

function makePoints(title, kind, points, isOpen) {
  if (points.length === 0) return null;
  return h(
    "details",
    { class: `fold ${kind}`, open: isOpen },
    h("summary", {}, `${title}: ${plural(points.length, "point")}`),
    h("ul", {}, points.map(makePoint)),
  );
}

function makePoint({ statement, earlier, later, change }) {
  const shown = change === "lost" ? earlier : later;
  const contradicted = later.status === "contradicted" ? later : null;
  return h(
    "li",
    {},
    h("p", {}, statement),
    shown.status === "met" && shown.quote && h("p", { class: "soft" }, h("q", { class: "said" }, shown.quote)),
    contradicted?.quote &&
      h("p", { class: "soft" }, "Contradicted by ", h("q", { class: "said contradicted" }, contradicted.quote)),
  );
}

function makeLevels(criteria, names) {
  return makeTable(
    "Levels",
    ["Criterion", ...names],
    criteria.map(({ name, earlier, later }) => [name, verdictBadge(earlier), verdictBadge(later)]),
  );
}

/** Of the first answers only: follow-ups differ from attempt to attempt. */
function makeDelivery(earlier, later, names) {
  const [before, after] = [earlier, later].map(({ answers }) => answers[0]?.delivery);
  if (!before || !after) return null;
  const then = measures(before);
  const rows = measures(after).map(({ name, figure }, n) => [name, then[n].figure, figure]);
  return makeTable("How you said it", ["First answer", ...names], rows);
}

function makeTable(title, head, rows) {
  return h("div", {}, h("h3", {}, title), plainTable(title, "side-table", head, rows));
}

function makeSide({ interview_id, round, answers }, name) {
  return h(
    "section",
    { class: "stack" },
    h("h3", {}, h("a", { href: `/review/${interview_id}#round-${round}` }, `${name}: what you said`)),
    answers.map(({ asked, follow_up, text }) => [
      follow_up && h("p", { class: "soft said" }, asked),
      h("p", { class: "said" }, text || "Nothing was said."),
    ]),
  );
}
