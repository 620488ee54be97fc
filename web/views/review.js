/** What became of an interview: over several questions the story of it, and for each question the coach and what it rests on. */

import { get } from "../api.js";
import { h } from "../dom.js";
import { day, extraTime } from "../format.js";
import { bindKeys } from "../keys.js";
import { makeDeleteButton } from "./interviews.js";
import { claimsOf, makeTry } from "./review/practise_again.js";
import { makeNotes } from "./review/notes.js";
import { makeOverall } from "./review/overall.js";
import { playAlone } from "./review/recording.js";
import { hasWords, isPending, makeRound } from "./review/round.js";
import { makeExport, tellRemoved } from "./transfer.js";

const POLL_MS = 3000;
/** Formats that draw no questions by themselves. */
const CHOSEN = ["due", "drill", "papers", "claims"];

export async function show(page, id) {
  const address = `/api/interviews/${id}`;
  const review = await get(address);
  document.title = `${review.title} · Hotseat`;
  if (review.finished && !review.rounds.some(hasWords)) return page.replaceChildren(makeNothingSaid(review));
  const notes = review.rounds.map((round) => makeNotes(round, address));
  // A single round is its own page: what became of it stands above all that can be done with it.
  const top = review.rounds.length === 1 ? makeTop(review) : null;
  const drawn = review.rounds.map((_, n) => make(n));
  const head = h("div", { class: "review-top" });
  drawHead();
  page.replaceChildren(
    h(
      "div",
      { class: "review" },
      !top && head,
      top ? drawn[0].element : makeRounds(drawn),
      h("footer", { class: "stack" }, makeRecordingsGone(review), makeExport(`${address}/export`, "Export"), makeDelete(id, review)),
    ),
  );
  bindKeys([
    { key: "p", what: "Play or pause your answer", run: togglePlaying },
    { key: "q", what: "Hear the next quote", run: hearNextQuote },
    { key: "n", what: "Next question", run: goToNext },
  ]);

  function make(n) {
    return makeRound(review.rounds[n], { address, notes: notes[n], top, reload: (focus) => reload(n, focus) });
  }

  /** The story of several rounds; it changes with them. */
  function drawHead() {
    if (top) return;
    const hear = (n) => (turn, seconds) => drawn[n].answers.get(turn)?.playFrom?.(seconds);
    head.replaceChildren(makeHeader(review), makeOverall(review.rounds, address, hear), makeAnotherTry("Practise again", review, isSame() ? review.rounds : []));
  }

  function isSame() {
    return CHOSEN.includes(review.format); // Other formats draw anew.
  }

  function draw(n, focus) {
    playAlone(null);
    const at = /** @type {HTMLElement | null} */ (document.activeElement);
    const open = [...drawn[n].element.querySelectorAll("details[data-fold][open]")].map((fold) => fold.dataset.fold);
    const fresh = make(n);
    for (const name of open) {
      const fold = fresh.element.querySelector(`details[data-fold="${name}"]`);
      if (fold) fold.open = true;
    }
    drawn[n].element.replaceWith(fresh.element);
    drawn[n] = fresh;
    drawHead();
    if (top?.next.contains(at)) at.focus(); // It is the same one as before, in the new round.
    focus?.(fresh);
  }

  async function reload(n, focus) {
    review.rounds[n] = (await get(address)).rounds[n];
    draw(n, focus);
  }

  // Only rounds that were waiting are drawn anew, so that a transcript being read or heard stays put.
  async function poll() {
    const fresh = await get(address);
    fresh.rounds.forEach((round, n) => {
      if (!isPending(review.rounds[n]) || isPending(round)) return;
      review.rounds[n] = round;
      draw(n);
    });
    pollIfPending();
  }

  function pollIfPending() {
    if (review.rounds.some(isPending)) setTimeout(() => poll().catch(pollIfPending), POLL_MS);
  }
  pollIfPending();

  // ---- Keys ----

  let quote = -1;

  /** The round that is being read: the last whose top is above the middle of the window. */
  function current() {
    const above = drawn.findLastIndex(({ element }) => element.getBoundingClientRect().top < innerHeight / 2);
    return Math.max(0, above);
  }

  function togglePlaying() {
    const answers = [...drawn[current()].answers.values()];
    answers.find(({ toggle }) => toggle)?.toggle();
  }

  function hearNextQuote() {
    const { criteria } = review.rounds[current()].grade ?? { criteria: [] };
    const spoken = criteria.flatMap(({ findings }) => findings).filter(({ evidence }) => evidence?.start != null);
    const places = [...new Map(spoken.map(({ evidence }) => [`${evidence.turn_id} ${evidence.start}`, evidence])).values()];
    places.sort((a, b) => a.turn_id - b.turn_id || a.start - b.start);
    if (places.length === 0) return;
    quote = (quote + 1) % places.length;
    drawn[current()].answers.get(places[quote].turn_id)?.playFrom?.(places[quote].start);
  }

  function goToNext() {
    const from = drawn.findIndex(({ element }) => element.contains(document.activeElement));
    drawn[(from + 1) % drawn.length].enter();
    quote = -1;
  }
}

/** An interview in which nothing was said is one line, with the way on. */
function makeNothingSaid(review) {
  return h(
    "div",
    { class: "review stack nothing-said" },
    h("h1", {}, review.title),
    h("p", {}, `Nothing was said in this interview (${whenOf(review)}), so there is nothing to review.`),
    h("div", { class: "row" }, makeTry("Try again", choicesOf(review, review.rounds), "button lit"), makeDelete(review.id, review)),
  );
}

function makeRounds(drawn) {
  return h(
    "div",
    { class: "rounds" },
    h("h2", {}, "Question by question"),
    drawn.map(({ element }) => element),
  );
}

function makeHeader(review) {
  return h(
    "header",
    { class: "review-head stack" },
    h("div", {}, h("p", { class: "kicker" }, whenOf(review)), h("h1", {}, review.title)),
    makeUnfinished(review.id, review),
  );
}

/** What the only round of a review has at its top besides its own: when it was, and the way to another try. */
function makeTop(review) {
  const [round] = review.rounds;
  const title = review.title === round.question.title ? "" : `${review.title} · `;
  return {
    kicker: `${title}${whenOf(review)}`,
    next: h(
      "div",
      { class: "stack" },
      makeUnfinished(review.id, review),
      review.format === "first" && review.finished && makeOffer(),
      makeAnotherTry("Try this question again", review, review.rounds),
    ),
  };
}

/** What to do after the very first answer. */
function makeOffer() {
  return h(
    "section",
    { class: "offer", "aria-labelledby": "offer-title" },
    h(
      "div",
      {},
      h("h2", { id: "offer-title" }, "That was your first answer"),
      h("p", {}, "Tell us your target role and interview date. We’ll plan what to practise on which day."),
    ),
    h("a", { class: "button", href: "/study#plan" }, "Make a plan"),
  );
}

function whenOf(review) {
  return `${day(review.created)}${extraTime(review.options)}`;
}

function makeRecordingsGone({ audio_deleted }) {
  if (!audio_deleted) return null;
  const when = `on ${day(audio_deleted)}, as this server deletes old recordings`;
  return h("p", { class: "soft" }, `The recordings were deleted ${when}. The transcripts and grades stay.`);
}

function makeUnfinished(id, { finished }) {
  return !finished && h("p", {}, "This interview is not over. ", h("a", { href: `/interview/${id}` }, "Go back to it."));
}

/** The same format once more, with the same questions or, where none are given, with others. */
function makeAnotherTry(text, review, rounds) {
  return h("div", { class: "row" }, makeTry(text, choicesOf(review, rounds)));
}

function choicesOf({ format }, rounds) {
  const questions = rounds.map(({ question }) => question);
  return format === "claims" ? claimsOf(questions) : { format, question_ids: questions.map(({ id }) => id) };
}

function makeDelete(id, review) {
  return makeDeleteButton(id, review.title, showDeleted, "Delete");
}

/** The proof takes the place of what is gone. */
function showDeleted(removed) {
  const title = h("h1", { tabIndex: -1 }, "Deleted");
  const said = h("p", {}, tellRemoved(removed));
  const back = h("p", {}, h("a", { href: "/past" }, "Your other interviews"));
  document.getElementById("page").replaceChildren(h("div", { class: "stack past" }, title, said, back));
  title.focus();
}
