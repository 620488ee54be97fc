/** What became of an interview: per question the verdict, the words it rests on, what was missing, and the model answer. */

import { begin, get } from "../api.js";
import { h, icon, problem } from "../dom.js";
import { day, extraTime } from "../format.js";
import { makeDeleteButton } from "./interviews.js";
import { makeNotes } from "./review/notes.js";
import { playAlone } from "./review/recording.js";
import { isPending, makeRound, makeVerdict } from "./review/round.js";
import { makeExport, tellRemoved } from "./transfer.js";

const POLL_MS = 3000;

export async function show(page, id) {
  const address = `/api/interviews/${id}`;
  const review = await get(address);
  document.title = `${review.title} · Hotseat`;
  const notes = review.rounds.map((round) => makeNotes(round, address));
  // A single round is its own page: what became of it stands above all that can be done with it.
  const top = review.rounds.length === 1 ? makeTop(review) : null;
  const drawn = review.rounds.map((_, n) => make(n));
  page.replaceChildren(
    h(
      "div",
      { class: "review" },
      !top && makeHeader(id, review),
      drawn.map(({ element }) => element),
      top && h("footer", { class: "stack" }, makeRecordingsGone(review), makeExported(id), makeDelete(id, review)),
    ),
  );

  function make(n) {
    return makeRound(review.rounds[n], { address, notes: notes[n], top, reload: (focus) => reload(n, focus) });
  }

  function draw(n, focus) {
    playAlone(null);
    const at = document.activeElement;
    const fresh = make(n);
    drawn[n].element.replaceWith(fresh.element);
    drawn[n] = fresh;
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
}

/** What stands at the top of a review of several rounds. */
function makeHeader(id, review) {
  const isSame = review.format === "due"; // Other formats draw anew.
  return h(
    "header",
    { class: "review-head stack" },
    h("div", {}, h("p", { class: "kicker" }, whenOf(review)), h("h1", {}, review.title)),
    makeRecordingsGone(review),
    makeUnfinished(id, review),
    h("ol", { class: "overview" }, review.rounds.map(makeOverviewRow)),
    makeAnotherTry("Practise again", review, isSame ? review.rounds : [], makeDelete(id, review)),
    makeExported(id),
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
      makeAnotherTry("Try this question again", review, review.rounds),
    ),
  };
}

function whenOf(review) {
  return `${day(review.created)}${extraTime(review.options)}`;
}

function makeRecordingsGone({ audio_deleted }) {
  if (!audio_deleted) return null;
  const when = `on ${day(audio_deleted)}, as old as this server keeps them`;
  return h("p", { class: "soft" }, `The recordings were deleted ${when}. The words and grades stay.`);
}

function makeUnfinished(id, { finished }) {
  return !finished && h("p", {}, "This interview is not over. ", h("a", { href: `/interview/${id}` }, "Go back to it."));
}

/** The same format once more, with the same questions or, where none are given, with others. */
function makeAnotherTry(text, review, rounds, beside = null) {
  const failure = h("div");
  const choices = { format: review.format, question_ids: rounds.map(({ question }) => question.id) };
  const again = () => begin(choices).catch((error) => failure.replaceChildren(problem(error.message)));
  const button = h("button", { type: "button", class: "button lit", onclick: again }, icon("again"), text);
  return h("div", { class: "row" }, button, beside, failure);
}

function makeExported(id) {
  return makeExport(`/api/interviews/${id}/export`, "Export");
}

function makeDelete(id, review) {
  return makeDeleteButton(id, review.title, showDeleted);
}

/** The proof takes the place of what is gone. */
function showDeleted(removed) {
  const title = h("h1", { tabIndex: -1 }, "Deleted");
  const said = h("p", {}, tellRemoved(removed));
  const back = h("p", {}, h("a", { href: "/past" }, "To the interviews that are left"));
  document.getElementById("page").replaceChildren(h("div", { class: "stack past" }, title, said, back));
  title.focus();
}

function makeOverviewRow(round) {
  return h("li", {}, h("a", { href: `#round-${round.round}` }, round.question.title), makeVerdict(round));
}
