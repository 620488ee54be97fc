/** The words of an answer, with those that counted marked by criterion. One of them at a time is in the tab order. */

import { h } from "../../dom.js";

const DOUBTFUL = 0.5;
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export function isDoubtful({ probability, raw, now }) {
  return probability < DOUBTFUL && raw === null && !now;
}

/**
 * `quotes` are { from, to, number, isContradicted, isUnsure } in words. `choose(index)` is called when a word is chosen by pointer,
 * Enter or Space, `reach(index)` when the arrow keys come to one. Without them the words are text only.
 * @param {any[]} words
 * @param {any[]} quotes
 * @param {{ choose?: (index: number) => void, reach?: (index: number) => void }} [actions]
 */
export function makeTranscript(words, quotes, { choose, reach } = {}) {
  const elements = words.map(makeWord);
  const element = h("p", { class: "transcript said" }, markQuotes(elements, quotes));
  let active = 0;

  function activate(index) {
    elements[active].removeAttribute("role");
    elements[active].tabIndex = -1;
    active = index;
    elements[active].role = "button";
    elements[active].tabIndex = 0;
  }

  function indexOf(target) {
    return elements.indexOf(target.closest(".word"));
  }

  function onKey(event) {
    const index = indexOf(event.target);
    const last = elements.length - 1;
    const next = { Home: 0, End: last }[event.key] ?? Math.min(last, Math.max(0, index + (STEPS[event.key] ?? 0)));
    if (index < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") choose(index);
    else if (event.key in STEPS || event.key === "Home" || event.key === "End") {
      activate(next);
      elements[next].focus();
      reach(next);
    } else return;
    event.preventDefault();
  }

  if (choose && elements.length > 0) {
    element.classList.add("playable");
    element.addEventListener("click", (event) => {
      const index = indexOf(event.target);
      if (index < 0) return;
      activate(index);
      elements[index].focus(); // So that the arrow keys and Tab go on from here.
      choose(index);
    });
    element.addEventListener("keydown", onKey);
    activate(0);
  }

  return { element, elements, activate };
}

function makeWord(word) {
  const { text, probability, raw, now } = word;
  if (now?.change === "edit") {
    const title = `You wrote this; “${text}” was heard here`;
    return h(
      "span",
      { class: "word edited", title },
      h("s", {}, h("span", { class: "unseen" }, "heard "), text),
      " ",
      makeWritten(now.text),
    );
  }
  if (now) return h("span", { class: "word", title: `As it was heard; the repair “${text}” was undone` }, now.text);
  if (raw !== null) {
    const heard = raw === "" ? "nothing" : `“${raw}”`;
    return h("span", { class: "word repaired", title: `Repaired: ${heard} was heard here` }, text);
  }
  if (isDoubtful(word))
    return h("span", { class: "word doubtful", title: `May be misheard (${Math.round(probability * 100)}% sure)` }, text);
  return h("span", { class: "word" }, text);
}

function makeWritten(text) {
  return h("ins", {}, h("span", { class: "unseen" }, "corrected to "), text);
}

/** The words with spaces between them; runs that the same quotes cover are wrapped in one mark, its numbers at its end. */
function markQuotes(words, quotes) {
  const covering = words.map((_, index) => quotes.filter(({ from, to }) => from <= index && index < to));
  const nodes = [];
  for (let first = 0; first < words.length;) {
    const own = covering[first];
    let end = first + 1;
    while (end < words.length && isSame(covering[end], own)) end++;
    const run = words.slice(first, end).flatMap((word, n) => (n === 0 ? [word] : [" ", word]));
    nodes.push(own.length > 0 ? makeMark(run, own, end) : h("span", {}, run), " ");
    first = end;
  }
  return nodes;
}

function isSame(some, others) {
  return some.length === others.length && some.every((quote, n) => quote === others[n]);
}

function makeMark(run, quotes, end) {
  const ending = new Map(quotes.filter((quote) => quote.to === end).map((quote) => [quote.number, quote]));
  return h(
    "mark",
    { class: lookOf(quotes) },
    run,
    [...ending.values()].map(makeNumber),
  );
}

function lookOf(quotes) {
  if (quotes.some(({ isContradicted }) => isContradicted)) return "contradicted";
  const sure = quotes.find(({ isUnsure }) => !isUnsure);
  return sure ? `hue-${sure.number}` : "nearest";
}

function makeNumber({ number, isContradicted, isUnsure }) {
  const [sign, remark] = isContradicted ? ["✗", ", check this"] : isUnsure ? ["?", ", not sure"] : ["", ""];
  return h("sup", { class: `hue-${number}`, title: `Criterion ${number}${remark}` }, `${sign}${number}`);
}
