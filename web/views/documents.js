/** A mock from a document: a job posting or CV in, the questions it asks for out, with the reason beside each. */

import { begin, get, post } from "../api.js";
import { h, icon, problem, setText } from "../dom.js";
import { plural } from "../format.js";
import { rememberedOptions } from "./lobby/options.js";

const MOST_BYTES = { text: 200_000, pdf: 10_000_000 };
const NOTHING =
  "We found nothing about LLM engineering in this text. Paste the part that says what they look for, or what you have built.";
const NAMED = 3;
/** The topic of questions that need several topics; its name says nothing about a job. */
const ACROSS = "capstone";

export async function show(page) {
  const { formats } = await get("/api/formats");
  const [format, claims] = ["papers", "claims"].map((wanted) => formats.find(({ id }) => id === wanted));
  document.title = `${format.title} · Hotseat`;
  const result = h("section", { class: "stack", "aria-live": "polite" });
  const form = makeForm(async (text) => {
    result.replaceChildren();
    const found = await post("/api/papers", { text });
    if (found.questions.length === 0) throw new Error(NOTHING);
    result.replaceChildren(...makeFit(found, format, text, claims));
  });
  page.replaceChildren(
    h(
      "div",
      { class: "documents" },
      h(
        "div",
        { class: "stack" },
        h("h1", {}, format.title),
        h("p", { class: "lead" }, "Paste or drop a job posting or your CV. We pick the questions that fit it, and say why."),
        form,
      ),
      result,
    ),
  );
}

/** The text: pasted, dropped or from a file. Calls `read(text)`. */
function makeForm(read) {
  const failure = h("div");
  const area = h("textarea", { id: "document-text", rows: 14, spellcheck: false, placeholder: "We are looking for an LLM engineer who…" });
  const file = h("input", { type: "file", id: "document-file", class: "unseen", accept: ".pdf,.txt,.md,application/pdf,text/plain,text/markdown", onchange: () => take(file.files[0]) });
  const find = h("button", { class: "button lit" }, "Find my questions");
  const form = h(
    "form",
    { class: "document stack", onsubmit: submit, ondragover: (event) => event.preventDefault(), ondrop: drop },
    h("div", { class: "field" }, h("label", { htmlFor: area.id }, "Job posting or CV"), area),
    h("div", { class: "row import" }, find, file, h("label", { htmlFor: file.id, class: "button" }, "Open a file…")),
    h("p", { class: "soft small" }, "You can also drop a PDF or text file here. It is read on this Hotseat server and not stored."),
    failure,
  );

  async function submit(event) {
    event.preventDefault();
    failure.replaceChildren();
    find.disabled = true;
    try {
      await read(area.value);
      find.classList.remove("lit"); // The next step is lit now.
    } catch (error) {
      failure.replaceChildren(problem(error.message));
    } finally {
      find.disabled = false;
    }
  }

  async function take(chosen) {
    failure.replaceChildren();
    file.value = "";
    const kind = { pdf: "pdf", txt: "text", md: "text" }[chosen.name.split(".").at(-1).toLowerCase()];
    const refuse = (why) => failure.replaceChildren(problem(`“${chosen.name}” ${why}`));
    if (!kind) return refuse("isn’t a PDF or text file. Copy its text and paste it here.");
    if (chosen.size > MOST_BYTES[kind]) return refuse("is too big. Paste the part that matters.");
    if (kind === "pdf") failure.replaceChildren(h("p", { role: "status", class: "soft" }, `Reading “${chosen.name}”…`));
    try {
      area.value = kind === "pdf" ? (await post("/api/papers/pdf", chosen)).text : await chosen.text();
    } catch (error) {
      return failure.replaceChildren(problem(error.message));
    }
    failure.replaceChildren();
    area.focus();
    area.setSelectionRange(0, 0);
    area.scrollTop = 0;
  }

  function drop(event) {
    const [dropped] = event.dataTransfer.files;
    if (!dropped) return; // Dragged text goes where it is dropped.
    event.preventDefault();
    take(dropped);
  }

  return form;
}

/** What was found in the text. */
function makeFit({ topics, questions, model }, format, text, claims) {
  const boxes = questions.map((question) => makeQuestion(question, count));
  const wanted = topics.filter(({ id }) => id !== ACROSS).slice(0, NAMED).map(({ title }) => title);
  const chosen = () => boxes.filter(({ box }) => box.checked).map(({ id }) => id);
  const start = makeStart(() => ({ format: format.id, question_ids: chosen() }));

  function count() {
    const rounds = chosen().length;
    const minutes = Math.max(3, Math.round((format.minutes * rounds) / boxes.length));
    start.button.disabled = rounds === 0;
    setText(start.button, rounds === 0 ? "Choose a question" : `Begin: ${plural(rounds, "question")}, about ${minutes} minutes`);
  }

  count();
  return [
    h("h2", {}, wanted.length > 0 ? `It asks most for ${listed(wanted)}` : "It asks for work across topics"),
    h("ol", { class: "fitting" }, boxes.map(({ element }) => element)),
    start.element,
    model && claims && makeClaims(model, text, claims),
  ].filter(Boolean);
}

function makeQuestion({ id, title, words }, changed) {
  const box = h("input", { type: "checkbox", id: `fits-${id}`, checked: true, onchange: changed });
  const reasons = words.flatMap((word, n) => [n > 0 && ", ", h("mark", {}, word)]);
  const element = h(
    "li",
    {},
    box,
    h("label", { htmlFor: box.id }, h("strong", {}, title), h("span", { class: "soft small" }, "because it says ", reasons)),
  );
  return { id, box, element };
}

/** A button that begins what `choices()` says, and why it couldn't. */
function makeStart(choices) {
  const failure = h("div");
  const button = h("button", { type: "button", class: "button lit", onclick: go });

  async function go() {
    failure.replaceChildren();
    try {
      await begin({ ...choices(), ...rememberedOptions() });
    } catch (error) {
      failure.replaceChildren(problem(error.message));
    }
  }

  return { button, element: h("div", { class: "stack" }, h("div", { class: "row" }, button), failure) };
}

/** With a language model at an endpoint: what an interviewer may ask about the claims of a CV. Only on request, as it sends the text. */
function makeClaims(model, text, format) {
  const place = h("div", { class: "stack" });
  const ask = h("button", { type: "button", class: "button", onclick: request }, icon("note"), "Ask for three questions about it");

  async function request() {
    ask.disabled = true;
    place.replaceChildren(h("p", { role: "status", class: "soft" }, "Reading your CV…"));
    try {
      const { questions } = await post("/api/papers/claims", { text });
      place.replaceChildren(...makeAsked(questions, format));
    } catch (error) {
      place.replaceChildren(problem(error.message));
    } finally {
      ask.disabled = false;
    }
  }

  return h(
    "section",
    { class: "stack sheet", "aria-labelledby": "claims-title" },
    h("h2", { id: "claims-title" }, "Is this your CV?"),
    h("p", {}, `An interviewer will ask about what you claim. This sends the text to ${model}, the language model this server is set up to use.`),
    h("div", { class: "row" }, ask),
    place,
  );
}

function makeAsked(questions, format) {
  const start = makeStart(() => ({ format: format.id, claims: questions }));
  start.button.classList.remove("lit");
  setText(start.button, questions.length === 1 ? "Answer it" : `Answer these ${questions.length}, about ${Math.round((format.minutes * questions.length) / 3)} minutes`);
  return [
    h(
      "ol",
      { class: "claims" },
      questions.map(({ claim, question }) =>
        h("li", {}, h("p", { class: "small soft" }, "You write ", h("q", {}, claim)), h("p", { class: "said" }, question)),
      ),
    ),
    start.element,
    h("p", { class: "small soft" }, "If you answer them, the questions and these words of your CV are stored with the interview."),
  ];
}

function listed(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
}
