/** Every topic on one picture: the measured level against one's own rating, weakest first. */

import { h, svg } from "../../dom.js";
import { plural } from "../../format.js";

const TRACK = { left: 10, step: 45, height: 24 };
const GAP = 1; // Steps between rating and level that are worth a word.

/** `standings` are topics or competencies; only those with a grade or a rating are shown. The key stands once on a page. */
export function makeLevels(standings, hasKey = true) {
  const known = standings.filter(({ level, ratings }) => level !== null || ratings.length > 0);
  const order = ({ level, ratings }) => level ?? ratings.at(-1).score;
  const rows = [...known].sort((a, b) => order(a) - order(b));
  const unknown = standings.filter((standing) => !known.includes(standing));
  const hasRatings = rows.some(({ ratings }) => ratings.length > 0);
  return h(
    "div",
    { class: "stack" },
    hasKey && makeKey(hasRatings),
    h("ol", { class: "glance" }, rows.map(makeRow)),
    unknown.length > 0 && h("p", { class: "soft" }, `No grade yet: ${unknown.map(({ title }) => title).join(", ")}.`),
  );
}

function makeKey(hasRatings) {
  const entry = (mark, text) =>
    h("li", {}, svg("svg", { class: "key-mark", viewBox: "0 0 16 16", "aria-hidden": "true" }, mark), text);
  return h(
    "ul",
    { class: "key-list small soft" },
    entry(diamond(8, 8), "your level: the last five grades, from 1 (No Hire) to 5 (Strong Hire)"),
    hasRatings && entry(circle(8, 8), "your own rating"),
  );
}

function makeRow({ title, level, answers, ratings }) {
  const rated = ratings.at(-1)?.score ?? null;
  return h(
    "li",
    {},
    h("span", { class: "glance-name" }, title),
    draw(level, rated),
    h(
      "span",
      { class: "glance-words small soft" },
      level === null ? "no grade yet" : h("strong", {}, level.toFixed(1)),
      level !== null && ` after ${plural(answers, "grade")}`,
      rated !== null && `, you rate it ${rated}`,
      level !== null && rated !== null && remark(rated - level),
    ),
  );
}

function remark(gap) {
  if (gap >= GAP) return ": harder than you think";
  return gap <= -GAP ? ": better than you think" : "";
}

function draw(level, rated) {
  const at = (value) => TRACK.left + (value - 1) * TRACK.step;
  const middle = TRACK.height / 2;
  const ticks = [1, 2, 3, 4, 5].map((n) => `M${at(n)} ${middle - 4}v8`).join("");
  return svg(
    "svg",
    { class: "track", viewBox: `0 0 ${at(5) + TRACK.left} ${TRACK.height}`, "aria-hidden": "true" },
    svg("path", { class: "rail", d: `M${at(1)} ${middle}H${at(5)}${ticks}` }),
    ...(level !== null && rated !== null ? [svg("path", { class: "gap", d: `M${at(level)} ${middle}H${at(rated)}` })] : []),
    ...(rated !== null ? [circle(at(rated), middle)] : []),
    ...(level !== null ? [diamond(at(level), middle)] : []),
  );
}

function circle(cx, cy) {
  return svg("circle", { class: "rating", cx, cy, r: 5 });
}

function diamond(x, y) {
  return svg("path", { class: "measured", d: `M${x} ${y - 7}l6 7l-6 7l-6 -7z` });
}
