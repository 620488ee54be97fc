/** One turn: what was asked, what was said, with the words that counted marked by the criterion they speak to. */

import { h, icon } from "../../dom.js";
import { clock } from "../../format.js";
import { makeRecording } from "./recording.js";

const DOUBTFUL = 0.5;

const ENDINGS = { done: "", silence: "ended by silence", limit: "stopped at the limit", skipped: "skipped" };

/** `playFrom` of the result is missing when there is no recording. */
export function makeAnswer(answer, question, grade) {
  let wordElements = [];
  let current = null;
  const recording = answer.audio && !answer.typed && makeRecording(answer.audio, answer.duration_s, showPosition);

  function showPosition(seconds) {
    const index = seconds === null ? -1 : answer.words.findLastIndex((word) => word.start <= seconds);
    const next = wordElements[index] ?? null;
    if (next === current) return;
    current?.classList.remove("heard");
    next?.classList.add("heard");
    current = next;
  }

  const facts = [
    answer.typed ? "typed" : `${clock(answer.duration_s)} spoken`,
    ENDINGS[answer.ended_by] ?? answer.ended_by,
    answer.words.some((word) => word.raw !== null) && "dotted: repaired",
    answer.words.some(isDoubtful) && "wavy: perhaps misheard",
  ].filter(Boolean);

  wordElements = answer.words.map((word) => makeWord(word));
  const transcript = h("p", { class: "transcript said" }, markQuotes(wordElements, quotesIn(answer, question, grade)));
  if (recording) {
    transcript.classList.add("playable");
    transcript.title = "Click a word to hear it";
    transcript.addEventListener("click", (event) => {
      const index = wordElements.indexOf(event.target.closest(".word"));
      if (index >= 0) recording.playFrom(answer.words[index].start);
    });
  }

  const element = h(
    "article",
    { class: "answer" },
    h(
      "p",
      { class: "asked" },
      icon("voice"),
      h(
        "span",
        {},
        h("span", { class: "label" }, answer.follow_up ? "Follow-up " : "Asked "),
        h("span", { class: "said" }, answer.asked),
      ),
    ),
    answer.words.length > 0 ? transcript : h("p", { class: "soft" }, answer.note || "Nothing was said."),
    answer.words.length > 0 && answer.note && h("p", { class: "soft small" }, answer.note),
    recording?.element,
    h("p", { class: "soft small" }, facts.join(" · ")),
  );
  return { element, playFrom: recording?.playFrom };
}

function isDoubtful({ probability }) {
  return probability < DOUBTFUL;
}

function makeWord({ text, probability, raw }) {
  if (raw !== null) {
    const heard = raw === "" ? "nothing" : `“${raw}”`;
    return h("span", { class: "word repaired", title: `Repaired: ${heard} was heard here` }, text);
  }
  if (isDoubtful({ probability }))
    return h("span", { class: "word doubtful", title: `Perhaps misheard (${Math.round(probability * 100)}% sure)` }, text);
  return h("span", { class: "word" }, text);
}

/** The grade's quotes from this answer: { start, end, number of the criterion, contradicted }. */
function quotesIn(answer, question, grade) {
  const numbers = new Map(question.criteria.map((criterion, n) => [criterion.id, n + 1]));
  return (grade?.criteria ?? []).flatMap(({ criterion_id, findings }) =>
    findings
      .filter(({ evidence }) => evidence?.turn_id === answer.turn_id)
      .map(({ evidence, status }) => ({
        start: evidence.word_start,
        end: evidence.word_end,
        number: numbers.get(criterion_id),
        isContradicted: status === "contradicted",
      })),
  );
}

/** The words with spaces between them; runs that the same quotes cover are wrapped in one mark, its numbers at its end. */
function markQuotes(words, quotes) {
  const covering = words.map((_, index) => quotes.filter(({ start, end }) => start <= index && index < end));
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
  const ending = [...new Set(quotes.filter((quote) => quote.end === end).map((quote) => quote.number))];
  return h(
    "mark",
    { class: quotes.some((quote) => quote.isContradicted) ? "contradicted" : "" },
    run,
    ending.map((number) => h("sup", {}, String(number))),
  );
}
