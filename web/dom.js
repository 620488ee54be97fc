/** Builds elements. Every string becomes a text node, so nothing a person or a model wrote is ever read as HTML. */

/**
 * h("p", { class: "soft", onclick: f, "aria-label": "…", hidden: true }, "text", otherElement)
 * Names that are properties of the element are set as such, the others as attributes; null and false children are left out.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== false && child !== undefined));
  return element;
}

/** An SVG element; h() can't make these as they live in another namespace. */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `/static/icons.svg#${name}` }));
}

/** Sets text only when it differs, so that screen readers and layout are left alone otherwise. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Says something to screen readers without showing it. */
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

/** A sentence about something that went wrong, with what one can do about it. */
export function problem(text, ...actions) {
  return h(
    "div",
    { class: "problem", role: "alert" },
    icon("warning"),
    h("div", { class: "stack" }, h("p", {}, text), ...actions),
  );
}
