/** Numbers, dates and times in words. */

export function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

export function size(bytes) {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

/** The text without a place to break a line. */
export function unbroken(text) {
  return text.replaceAll(" ", "\u00a0");
}

/** "there can't be such an interview" -> "There can’t be such an interview." */
export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/(?<![.?!])$/, ".").replace(/(?<=\w)'(?=\w)/g, "’");
}

/** 75 -> "1:15" */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** 1.5 -> "1½ days" */
export function days(count) {
  const whole = Math.floor(count);
  return `${whole || ""}${count > whole ? "½" : ""} ${count > 1 ? "days" : "day"}`;
}

/** "2026-06-03" -> "3 June" */
export function date(iso) {
  const then = new Date(`${iso}T00:00`);
  const year = then.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString([], { day: "numeric", month: "long", year });
}

export function day(iso) {
  const date = new Date(iso);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(iso).setHours(0, 0, 0, 0)) / 86_400_000);
  const time = date.toLocaleTimeString([], { timeStyle: "short" });
  if (days === 0) return `today, ${time}`;
  if (days === 1) return `yesterday, ${time}`;
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return `${date.toLocaleDateString([], { day: "numeric", month: "long", year })}, ${time}`;
}

/** How much more time than usual there was for answers, to put behind something; empty for the usual time. */
export function extraTime({ time_factor = 1 }) {
  return time_factor > 1 ? ` · ${time_factor} times the usual time` : "";
}
