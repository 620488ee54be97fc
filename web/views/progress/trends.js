/** Topics or competencies, one small chart each, all on the same axes: the measured level as a line, one's own rating beside it. */

import { h, svg } from "../../dom.js";
import { date, plural } from "../../format.js";
import { makeAxis, makeTable, periodName, scale } from "./time.js";

const CHART = { width: 320, height: 110, edge: 8 };
/** Points from which on a line says something. */
const ENOUGH = 3;
const LEVELS = [1, 2, 3, 4, 5];

export function makeTrends(standings, unit) {
  const known = standings.filter(({ periods }) => periods.length > 0);
  const days = known.flatMap(({ periods, ratings }) => [
    ...periods.map(({ from }) => from),
    ...ratings.map(({ date }) => date),
  ]);
  days.sort();
  const hasRatings = known.some(({ ratings }) => ratings.length > 0);
  return h(
    "div",
    { class: "stack" },
    makeKey(hasRatings),
    h(
      "ul",
      { class: "standings" },
      known.map((standing) => h("li", {}, makeTrend(standing, unit, days[0], days.at(-1)))),
    ),
  );
}

function makeKey(hasRatings) {
  const entry = (text, ...marks) =>
    h("li", {}, svg("svg", { class: "key-mark", viewBox: "0 0 32 16", "aria-hidden": "true" }, ...marks), text);
  return h(
    "ul",
    { class: "key-list small soft" },
    entry("your level: the last five grades, 1 (No Hire) to 5 (Strong Hire)", path("line", "M2 8H30"), diamond(16, 8)),
    hasRatings && entry("your own rating", path("rated", "M2 8H30"), circle(16, 8)),
  );
}

function makeTrend({ title, level, answers, aside, periods, ratings }, unit, first, last) {
  const rated = ratings.at(-1)?.score ?? null;
  const counts = [plural(answers, "grade"), aside > 0 && `${aside} excluded`].filter(Boolean).join(", ");
  return h(
    "article",
    { class: "standing" },
    h(
      "header",
      {},
      h("h3", {}, title),
      h(
        "p",
        { class: "figures" },
        level === null ? h("span", { class: "soft" }, "no counted grades yet") : [h("strong", {}, level.toFixed(1)), " of 5"],
        rated !== null && h("span", { class: "soft" }, ` · your rating ${rated}`),
      ),
    ),
    periods.length >= ENOUGH && [
      h(
        "div",
        { class: "level-chart", "aria-hidden": "true" },
        h("div", { class: "scale small soft figures" }, h("span", {}, "5"), h("span", {}, "1")),
        draw(periods, ratings, scale(first, last)),
      ),
      makeAxis(first, last),
    ],
    h("p", { class: "soft small" }, `${counts}.`),
    makeTable(`${title} by ${unit}`, ["When", "Measured", "Grades", "Excluded", "Your rating"], rows(periods, ratings, unit)),
  );
}

function rows(periods, ratings, unit) {
  const measured = periods.map(({ from, level, answers, aside }) => ({
    when: from,
    cells: [periodName(unit, from), level === null ? "–" : level.toFixed(1), String(answers), String(aside), "–"],
  }));
  const said = ratings.map((rating) => ({
    when: rating.date,
    cells: [date(rating.date), "–", "–", "–", String(rating.score)],
  }));
  return [...measured, ...said].sort((a, b) => a.when.localeCompare(b.when)).map(({ cells }) => cells);
}

function draw(periods, ratings, along) {
  const x = (iso) => CHART.edge + along(iso) * (CHART.width - 2 * CHART.edge);
  const y = (level) => CHART.height - CHART.edge - ((level - 1) / 4) * (CHART.height - 2 * CHART.edge);
  const shown = periods.filter(({ level }) => level !== null);
  const line = shown.map(({ from, level }, n) => `${n ? "L" : "M"}${x(from)} ${y(level)}`).join("");
  return svg(
    "svg",
    { viewBox: `0 0 ${CHART.width} ${CHART.height}` },
    path("grid", LEVELS.map((level) => `M0 ${y(level)}H${CHART.width}`).join("")),
    path("rated", steps(ratings, x, y)),
    path("line", line),
    ...ratings.map(({ date, score }) => circle(x(date), y(score))),
    // With many grades the line says it; marks would only cover it.
    ...(shown.length > 14 ? shown.slice(-1) : shown).map(({ from, level }) => diamond(x(from), y(level))),
  );
}

/** A rating holds until the next. */
function steps(ratings, x, y) {
  if (ratings.length === 0) return "";
  const [first, ...later] = ratings;
  const turns = later.map(({ date, score }) => `H${x(date)}V${y(score)}`).join("");
  return `M${x(first.date)} ${y(first.score)}${turns}H${CHART.width - CHART.edge}`;
}

function path(name, d) {
  return svg("path", { class: name, d });
}

function circle(cx, cy) {
  return svg("circle", { class: "rating", cx, cy, r: 4.5 });
}

function diamond(x, y) {
  return svg("path", { class: "measured", d: `M${x} ${y - 5.5}l5 5.5l-5 5.5l-5 -5.5z` });
}
