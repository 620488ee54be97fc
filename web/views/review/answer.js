/** One turn: what was asked, and what was said: to read, to hear, and to put right where it was misheard. */

import { h } from "../../dom.js";
import { clock, plural } from "../../format.js";
import { makeAsked } from "./read_aloud.js";
import { makeRecording } from "./recording.js";
import { criteriaOf } from "./rubric.js";
import { isDoubtful, makeTranscript } from "./transcript.js";
import { makeWordLine } from "./word_details.js";

const ENDINGS = { done: "", silence: "ended by silence", limit: "stopped at the limit", skipped: "skipped" };

/**
 * `address` is the interview's, `changed(word)` is called once a word was corrected. `playFrom` of the result is missing
 * when there is no recording; `focusWord` goes to a word.
 */
export function makeAnswer({ answer, question, grade, address, changed }) {
  const quotes = quotesIn(answer, question, grade);
  const hasSound = answer.audio && !answer.typed;
  const recording =
    hasSound &&
    makeRecording(
      answer,
      quotes.filter(({ start, isUnsure }) => start !== null && !isUnsure),
      showPosition,
    );
  const line = hasSound && makeWordLine({ answer, address, hear: recording.playFrom, changed });
  const {
    element: transcript,
    elements,
    activate,
  } = makeTranscript(answer.words, quotes, hasSound ? { choose, reach: line.show } : {});
  let current = null;

  function choose(index) {
    line.show(index);
    recording.playFrom(answer.words[index].start);
  }

  function showPosition(seconds) {
    const index = seconds === null ? -1 : answer.words.findLastIndex((word) => word.start <= seconds);
    const next = elements[index] ?? null;
    if (next === current) return;
    current?.classList.remove("heard");
    next?.classList.add("heard");
    current = next;
  }

  function focusWord(index) {
    activate(index);
    elements[index].focus();
    line.show(index);
  }

  const hasWords = answer.words.length > 0;
  const element = h(
    "article",
    { class: "answer" },
    makeAsked(answer),
    recording?.element,
    hasWords ? transcript : h("p", { class: "soft" }, answer.note || "Nothing was said."),
    hasWords && answer.note && h("p", { class: "soft small" }, answer.note),
    hasWords && line?.element,
    h("p", { class: "soft small" }, factsOf(answer).join(" · ")),
  );
  return { element, playFrom: recording?.playFrom, toggle: recording?.toggle, focusWord };
}

function factsOf({ typed, duration_s, limit_s, ended_by, words }) {
  const counts = [
    [words.filter(({ raw, now }) => raw !== null && !now).length, "repaired (dotted underline)"],
    [words.filter(isDoubtful).length, "may be misheard (wavy underline)"],
    [words.filter(({ now }) => now?.change === "edit").length, "corrected by you"],
  ];
  return [
    typed ? "typed" : `${clock(duration_s)} of ${clock(limit_s)} used`,
    ENDINGS[ended_by] ?? ended_by,
    ...counts.map(([count, what]) => count > 0 && `${plural(count, "word")} ${what}`),
  ].filter(Boolean);
}

/** What the grade quotes of this answer: { from, to } in words, { start, end } in seconds, number of the criterion. */
function quotesIn(answer, question, grade) {
  const numbers = new Map((grade ? criteriaOf(question, grade) : []).map((criterion, n) => [criterion.id, n + 1]));
  const quotes = new Map();
  for (const { criterion_id, findings } of grade?.criteria ?? []) {
    for (const { evidence, status } of findings) {
      if (evidence?.turn_id !== answer.turn_id || status === "not met") continue;
      const { word_start: from, word_end: to, start, end } = evidence;
      const [isContradicted, isUnsure] = [status === "contradicted", status === "not sure"];
      const quote = { from, to, start, end, number: numbers.get(criterion_id), isContradicted, isUnsure };
      quotes.set([from, to, quote.number, status].join(), quote);
    }
  }
  return [...quotes.values()];
}
