/** Options that hold for every interview; remembered by the browser. */

import { h } from "../../dom.js";
import { TERMS } from "../../text.js";

const KEY = "hotseat.options";

const makeFields = (tiers) => [
  {
    name: "follow_ups",
    label: "Follow-ups per question",
    values: [
      ["", "Default"],
      [0, "None"],
      [1, "1"],
      [2, "2"],
      [3, "3"],
    ],
  },
  {
    name: "time_factor",
    label: "Time to answer",
    values: [
      ["", "Default"],
      [1.25, "25% more"],
      [1.5, "50% more"],
      [2, "Twice the time"],
    ],
  },
  {
    name: "tier",
    label: "Interviewer",
    hint: TERMS.tier,
    values: [["", "Default"], ...tiers.map(({ id, title }) => [id, title])],
  },
];

/** What was chosen on the start page, for interviews that begin elsewhere. */
export function rememberedOptions() {
  return JSON.parse(localStorage.getItem(KEY) ?? "{}");
}

export function makeOptions(tiers) {
  const fields = makeFields(tiers);
  const remembered = rememberedOptions();
  const selects = fields.map(({ name, values }) => {
    const select = h(
      "select",
      { id: `option-${name}`, onchange: remember },
      values.map(([value, text]) => h("option", { value }, text)),
    );
    select.value = remembered[name] ?? "";
    return select;
  });

  /** Only what differs from the default. */
  function chosen() {
    const pairs = fields.map(({ name }, n) => [name, selects[n].value]).filter(([, value]) => value !== "");
    return Object.fromEntries(pairs.map(([name, value]) => [name, Number(value)]));
  }

  function remember() {
    localStorage.setItem(KEY, JSON.stringify(chosen()));
  }

  const element = h(
    "details",
    { class: "options", open: Object.keys(remembered).length > 0 },
    h("summary", {}, "Options: follow-ups, extra time, interviewer"),
    h(
      "div",
      { class: "fields" },
      fields.map(({ label, hint }, n) =>
        h(
          "div",
          { class: "field" },
          h("label", { htmlFor: selects[n].id }, label),
          selects[n],
          hint && h("p", { class: "soft small" }, hint),
        ),
      ),
    ),
  );
  return { element, chosen };
}
