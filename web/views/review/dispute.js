/** "I did say this": the candidate names the passage, and the point is looked at again in it. */

import { post } from "../../api.js";
import { h, problem } from "../../dom.js";
import { clock } from "../../format.js";

const MAX_REASON = 500;

/** Makes, for a round, what makes the button for a point. `changed(point_id)` is called once the ruling is stored. */
export function makeDisputes({ round, address, changed }) {
  const isPossible = round.question.in_bank && round.answers.some(({ passages }) => passages.length > 0);
  const ruled = new Map(round.history.filter(({ ruling }) => ruling).map((entry) => [entry.ruling.point_id, entry]));
  if (!isPossible) return () => null;
  return function makeDispute({ point_id }, statement) {
    const place = h("div", { class: "dispute" });
    const text = ruled.has(point_id) ? "Disputed. Name another passage" : "I did say this";
    const onclick = () => place.append(start());
    const open = h(
      "button",
      { type: "button", class: "link-button small", "aria-label": `${text}: ${statement}`, onclick },
      text,
    );

    function start() {
      open.hidden = true;
      const made = makeForm(round, point_id, { send, cancel });
      queueMicrotask(() => made.querySelector("input").focus());
      return made;
    }

    function cancel() {
      place.replaceChildren(open);
      open.hidden = false;
      open.focus();
    }

    async function send(claim) {
      await post(`${address}/rounds/${round.round}/disputes`, { point_id, ...claim });
      await changed(point_id);
    }

    place.append(open);
    return place;
  };
}

function makeForm(round, point_id, { send, cancel }) {
  const name = `passage-${round.round}-${point_id}`;
  const passages = round.answers.flatMap((answer) => answer.passages.map((span) => ({ answer, span })));
  const reason = h("input", { id: `${name}-reason`, type: "text", maxLength: MAX_REASON, autocomplete: "off" });
  const failure = h("div");
  const submit = h("button", { type: "submit", class: "button" }, "Look again");

  async function onsubmit(event) {
    event.preventDefault();
    const { answer, span } = passages[new FormData(event.target).get(name)];
    submit.disabled = true;
    submit.textContent = "Looking again…";
    try {
      await send({ turn_id: answer.turn_id, word_start: span[0], word_end: span[1], reason: reason.value });
    } catch (error) {
      failure.replaceChildren(problem(error.message));
      submit.disabled = false;
      submit.textContent = "Look again";
    }
  }

  return h(
    "form",
    { class: "fold stack", onsubmit },
    h(
      "fieldset",
      { class: "passages" },
      h("legend", { class: "label" }, "Where did you say it?"),
      passages.map(({ answer, span }, n) => makePassage(name, n, answer, span)),
    ),
    h("div", { class: "field" }, h("label", { for: reason.id }, "In your words, why it counts (kept with the grade)"), reason),
    h(
      "p",
      { class: "small soft" },
      "The passage is graded again for this one point. Your first grade stays, and both are shown.",
    ),
    h("div", { class: "row" }, submit, h("button", { type: "button", class: "link-button", onclick: cancel }, "Cancel")),
    failure,
  );
}

function makePassage(name, value, answer, [from, to]) {
  const words = answer.words.slice(from, to);
  const text = words.map((word) => word.now?.text ?? word.text).join(" ");
  return h(
    "label",
    {},
    h("input", { type: "radio", name, value, required: true }),
    h(
      "span",
      {},
      h("span", { class: "said" }, text),
      !answer.typed && h("span", { class: "small soft figures" }, ` ${clock(words[0].start)}`),
    ),
  );
}
