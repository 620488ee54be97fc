/** Where the topics of the map go: rows by what they build on, columns by hand. */

/** Column of each topic; rows follow from the dependencies. A topic that is not here goes to the middle. */
const COLUMNS = {
  transformers: 1.5,
  pretraining: 0,
  finetuning: 0,
  rlhf: 0,
  prompting: 1.5,
  evaluation: 1,
  rag: 2,
  agents: 2,
  inference: 3,
  safety: 0.5,
  capstone: 1.5,
};
const MIDDLE = 1.5;
const LAST_COLUMN = 3;

/** Of the drawing, in its units. */
export const SIZE = { width: 132, height: 50, columns: 158, rows: 82, inset: 12, label: 30, text: 14.5 };

/** Everything a topic builds on, directly or not. */
export function needs(topics, id) {
  const direct = topics.find((topic) => topic.id === id).depends_on;
  return new Set([...direct, ...direct.flatMap((other) => [...needs(topics, other)])]);
}

/** The lines worth drawing: those that do not follow from others. */
export function reducedEdges(topics) {
  return topics.flatMap(({ id, depends_on }) =>
    depends_on.filter((from) => !depends_on.some((other) => needs(topics, other).has(from))).map((from) => ({ from, to: id })),
  );
}

export function place(topics) {
  const rows = new Map();
  const row = (id) => {
    const { depends_on } = topics.find((topic) => topic.id === id);
    if (!rows.has(id)) rows.set(id, depends_on.length ? 1 + Math.max(...depends_on.map(row)) : 0);
    return rows.get(id);
  };
  const firstRows = layersOf(topics).map((layer) =>
    Math.min(...topics.filter((t) => t.layer === layer).map(({ id }) => row(id))),
  );
  const nodes = new Map(
    topics.map(({ id, layer }) => {
      // Each row in which a layer begins is set off, for the layer's name.
      const begun = new Set(firstRows.filter((first) => first <= row(id))).size;
      const x = SIZE.inset + (COLUMNS[id] ?? MIDDLE) * SIZE.columns;
      const y = row(id) * SIZE.rows + begun * SIZE.label;
      return [id, { id, layer, row: row(id), x, y }];
    }),
  );
  const width = LAST_COLUMN * SIZE.columns + SIZE.width + 2 * SIZE.inset;
  const height = Math.max(...[...nodes.values()].map(({ y }) => y)) + SIZE.height + SIZE.inset;
  return { nodes, layers: layersOf(topics).map((layer) => frame(layer, nodes, width)), width, height };
}

function layersOf(topics) {
  return [...new Set(topics.map((topic) => topic.layer))];
}

/** The rectangle around a layer; a layer that has its rows to itself takes their whole width. */
function frame(layer, nodes, width) {
  const all = [...nodes.values()];
  const own = all.filter((node) => node.layer === layer);
  const isAlone = !all.some((node) => node.layer !== layer && own.some(({ row }) => row === node.row));
  const left = isAlone ? 0 : Math.min(...own.map(({ x }) => x)) - SIZE.inset;
  const right = isAlone ? width : Math.max(...own.map(({ x }) => x)) + SIZE.width + SIZE.inset;
  const top = Math.min(...own.map(({ y }) => y)) - SIZE.label + 6;
  const bottom = Math.max(...own.map(({ y }) => y)) + SIZE.height + SIZE.inset - 2;
  return { layer, x: left, y: top, width: right - left, height: bottom - top };
}
