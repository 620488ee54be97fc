/** How the topics build on each other: a drawing whose nodes lead to their drills, and the same as a list. */

import { h, svg } from "../../dom.js";
import { needs, place, reducedEdges, SIZE } from "./layout.js";

const LAYERS = { foundation: "Foundation", training: "Training", application: "Application", integration: "Integration" };

/** `lit` are the ids of the topics whose turn it is. */
export function makeMap(topics, lit) {
  const note = `Arrows lead from a topic to those that build on it.${lit.length > 0 ? " This week’s topics are highlighted." : ""}`;
  const figure = h("figure", { class: "map" }, drawMap(topics, lit), h("p", { class: "soft small" }, note));
  return h("div", { class: "map-and-list" }, figure, makeList(topics));
}

function makeList(topics) {
  const titles = new Map(topics.map((topic) => [topic.id, topic.title]));
  const layers = [...new Set(topics.map((topic) => topic.layer))];
  return h(
    "div",
    { class: "stack layers" },
    layers.map((layer) =>
      h(
        "div",
        {},
        h("h3", { class: "label" }, LAYERS[layer]),
        h(
          "ul",
          {},
          topics
            .filter((topic) => topic.layer === layer)
            .map((topic) =>
              h(
                "li",
                {},
                h("a", { href: `/#topic-${topic.id}` }, topic.title),
                h("span", { class: "soft small" }, needsInWords(topic)),
              ),
            ),
        ),
      ),
    ),
  );

  function needsInWords({ depends_on }) {
    if (depends_on.length === 0) return "no prerequisites";
    if (depends_on.length === topics.length - 1) return "builds on all other topics";
    return `builds on ${depends_on.map((id) => titles.get(id)).join(", ")}`;
  }
}

function drawMap(topics, lit) {
  const { nodes, layers, width, height } = place(topics);
  const edges = reducedEdges(topics).map(({ from, to }) => ({
    from,
    to,
    line: svg("path", { class: "edge", d: route(nodes.get(from), nodes.get(to)), "marker-end": "url(#arrowhead)" }),
  }));
  const links = new Map(topics.map((topic) => [topic.id, drawNode(topic, nodes.get(topic.id), lit.includes(topic.id))]));

  /** Shows what a topic builds on while it is pointed at. */
  function mark(id) {
    const wanted = id ? needs(topics, id).add(id) : new Set();
    for (const { from, to, line } of edges) line.classList.toggle("on", wanted.has(from) && wanted.has(to));
    for (const [other, link] of links) link.classList.toggle("on", wanted.has(other));
  }
  for (const [id, link] of links) {
    for (const type of ["pointerenter", "focus"]) link.addEventListener(type, () => mark(id));
    for (const type of ["pointerleave", "blur"]) link.addEventListener(type, () => mark(null));
  }

  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Map of topics" },
    svg(
      "defs",
      {},
      svg(
        "marker",
        {
          id: "arrowhead",
          viewBox: "0 0 8 8",
          refX: 7,
          refY: 4,
          markerUnits: "userSpaceOnUse",
          markerWidth: 10,
          markerHeight: 10,
          orient: "auto-start-reverse",
        },
        svg("path", { class: "arrowhead", d: "M0 0.5L8 4L0 7.5z" }),
      ),
    ),
    ...layers.map((frame) => drawLayer(frame)),
    ...edges.map(({ line }) => line),
    ...links.values(),
  );
}

function drawLayer({ layer, x, y, width, height }) {
  return svg(
    "g",
    { class: "layer", "aria-hidden": "true" },
    svg("rect", { x, y, width, height, rx: 10 }),
    svg("text", { x: x + SIZE.inset + 3, y: y + SIZE.text + 3, "font-size": SIZE.text - 1 }, LAYERS[layer]),
  );
}

function drawNode({ id, title }, { x, y }, isLit) {
  const lines = breakTitle(title);
  const middle = y + SIZE.height / 2;
  const step = SIZE.text * 1.2;
  return svg(
    "a",
    { href: `/#topic-${id}`, class: isLit ? "node lit" : "node", "aria-label": isLit ? `${title}, this week` : title },
    svg("rect", { x, y, width: SIZE.width, height: SIZE.height, rx: 8 }),
    svg(
      "text",
      { "text-anchor": "middle", "font-size": SIZE.text, "aria-hidden": "true" },
      // The space between them is not drawn, but makes two words of them for those who listen.
      ...lines.flatMap((line, n) => [
        svg("tspan", { x: x + SIZE.width / 2, y: middle + SIZE.text * 0.35 + (n - (lines.length - 1) / 2) * step }, line),
        svg("tspan", { "font-size": 0 }, " "),
      ]),
    ),
  );
}

/** One line if it fits, else the two most even ones. */
function breakTitle(title) {
  if (title.length * SIZE.text * 0.56 < SIZE.width - 12) return [title];
  const words = title.split(" ");
  const ways = words.slice(1).map((_, n) => [words.slice(0, n + 1).join(" "), words.slice(n + 1).join(" ")]);
  const longest = (lines) => Math.max(...lines.map((line) => line.length));
  return ways.sort((a, b) => longest(a) - longest(b))[0] ?? [title];
}

/** Straight down past the rows between, then over to the target; it arrives on the side from which it comes. */
function route(from, to) {
  const aside = Math.max(-0.25, Math.min(0.25, (from.x - to.x) / SIZE.columns / 4));
  const [x1, y1] = [from.x + SIZE.width / 2, from.y + SIZE.height];
  const [x2, y2] = [to.x + SIZE.width * (0.5 + aside), to.y - 1];
  const turn = Math.max(y1, y2 - (SIZE.rows + SIZE.label - SIZE.height));
  const middle = (turn + y2) / 2;
  return `M${x1} ${y1}V${turn}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}
