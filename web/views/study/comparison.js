/** Ratings compared: with the first one, and with what the verdicts of past interviews show. */

import { h, svg } from "../../dom.js";
import { day, plural } from "../../format.js";

/** Measured topics from which on a table of them says something without a rating. */
const ENOUGH = 3;
const JUDGMENTS = {
  over: "You rate yourself higher than your answers show.",
  under: "Your answers are better than you think.",
  fair: "",
};

export function makeComparison(topics, { assessments, comparison, most }) {
  const last = assessments.at(-1);
  const hasMeasured = comparison.filter((row) => row.measured !== null).length >= ENOUGH;
  if (!last && !hasMeasured) return "";
  return h(
    "div",
    { class: "stack" },
    last ? makeTotal(last, most) : makeInvitation(),
    makeTable(topics, comparison),
    assessments.length > 1 && makeHistory(assessments, most),
  );
}

function makeTotal({ total, band, advice }, most) {
  return h(
    "div",
    { class: "total" },
    h("p", { class: "total-figure figures" }, String(total), h("span", { class: "soft small" }, ` of ${most}`)),
    h("div", {}, h("h3", { tabIndex: -1 }, band), h("p", { class: "soft" }, advice)),
  );
}

function makeInvitation() {
  return h(
    "p",
    { class: "soft" },
    "This is what your answers show so far. Rate yourself to see whether you agree.",
  );
}

function makeTable(topics, comparison) {
  const titles = new Map(topics.map((topic) => [topic.id, topic.title]));
  const head = ["Topic", "", "You now", "Change", "Measured"];
  return h(
    "table",
    { class: "comparison" },
    h("caption", { class: "unseen" }, "Your ratings and your measured level, from 1 to 5"),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        head.map((text, n) =>
          text ? h("th", { scope: "col", class: `c${n}` }, text) : h("td", { class: `c${n}` }, makeKey()),
        ),
      ),
    ),
    h(
      "tbody",
      {},
      comparison.map((row) =>
        h(
          "tr",
          {},
          h(
            "th",
            { scope: "row" },
            titles.get(row.topic),
            JUDGMENTS[row.judgment] && h("span", { class: "soft small judgment" }, JUDGMENTS[row.judgment]),
          ),
          h("td", { class: "c1" }, drawTrack(row)),
          h("td", { class: "figures c2" }, row.now === null ? "–" : String(row.now)),
          h("td", { class: "figures c3" }, row.change === null ? "–" : signed(row.change)),
          h(
            "td",
            { class: "figures c4" },
            row.measured === null
              ? "–"
              : [row.measured.toFixed(1), h("span", { class: "soft small" }, ` after ${plural(row.answers, "answer")}`)],
          ),
        ),
      ),
    ),
  );
}

function makeKey() {
  const entry = (mark, text) =>
    h("span", {}, svg("svg", { class: "track-key", viewBox: "0 0 16 16", "aria-hidden": "true" }, mark), text);
  return h(
    "span",
    { class: "key small" },
    entry(svg("circle", { class: "first", cx: 8, cy: 8, r: 5 }), "first"),
    entry(svg("circle", { class: "now-dot", cx: 8, cy: 8, r: 6 }), "now"),
    entry(diamond(8), "measured"),
  );
}

/** Five ticks with where one was, is, and was measured to be. The numbers beside it say the same. */
function drawTrack({ first, now, measured }) {
  const at = (score) => 12 + (score - 1) * 34;
  const marks = [
    svg("path", { class: "rail", d: `M${at(1)} 12H${at(5)}${[1, 2, 3, 4, 5].map((n) => `M${at(n)} 8v8`).join("")}` }),
    first !== null && svg("circle", { class: "first", cx: at(first), cy: 12, r: 6 }),
    now !== null && svg("circle", { class: "now-dot", cx: at(now), cy: 12, r: 6.5 }),
    measured !== null && diamond(at(measured), 12),
  ];
  return svg("svg", { class: "track", viewBox: "0 0 160 24", "aria-hidden": "true" }, ...marks.filter(Boolean));
}

function diamond(x, y = 8) {
  return svg("path", { class: "measured", d: `M${x} ${y - 7}l6 7l-6 7l-6 -7z` });
}

function makeHistory(assessments, most) {
  return h(
    "div",
    {},
    h("h3", { class: "label" }, "All ratings"),
    h(
      "ol",
      { class: "ratings" },
      [...assessments]
        .reverse()
        .map(({ taken, total, band }) =>
          h(
            "li",
            {},
            h("span", {}, day(taken)),
            h("span", { class: "figures" }, `${total} of ${most}`),
            h("span", { class: "soft" }, band),
          ),
        ),
    ),
  );
}

function signed(change) {
  if (change === 0) return "±0";
  return change > 0 ? `+${change}` : `−${-change}`;
}
