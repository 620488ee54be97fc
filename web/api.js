/** The server's REST addresses. Failures are ApiErrors whose message can be shown. */

import { sentence } from "./format.js";

/** `status` is the server's; 0 when it did not answer. */
export class ApiError extends Error {
  constructor(message, status) {
    super(sentence(message));
    this.status = status;
  }
}

const UNREACHABLE = "We can’t reach the Hotseat server. Is it still running?";

async function call(method, path, body, options) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body && { "Content-Type": body instanceof Blob ? "application/octet-stream" : "application/json" },
      body: body instanceof Blob ? body : body && JSON.stringify(body),
      ...options,
    });
  } catch {
    throw new ApiError(UNREACHABLE, 0);
  }
  if (response.status === 204) return null;
  if (response.status === 401) signIn();
  const answer = await response.json().catch(() => undefined);
  if (!response.ok) {
    throw new ApiError(answer?.error ?? `Something went wrong on the server (${response.status} for ${method} ${path}).`, response.status);
  }
  if (answer === undefined) throw new ApiError(UNREACHABLE, 0); // The connection was cut while it answered.
  return answer;
}

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);
export const put = (path, body, options) => call("PUT", path, body, options);
export const remove = (path) => call("DELETE", path);

/** Leaves for the page where one signs in, which leads back here; unless one is there. */
export function signIn() {
  if (location.pathname !== "/login") location.assign(`/login?next=${encodeURIComponent(location.pathname)}`);
}

/** Plans an interview and goes to its page. */
export async function begin(choices) {
  const { id } = await post("/api/interviews", choices);
  location.assign(`/interview/${id}`);
}
