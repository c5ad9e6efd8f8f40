/* Asks our own server, with the key in a header: nothing that a browser sends by itself lets anybody in. */

import { t } from "../texts.js";

export class Failure extends Error {
  constructor(status, problem) {
    super(problem?.detail || t("No answer came."));
    this.status = status;
    this.code = problem?.type?.split(":").pop() ?? "";
    this.field = problem?.errors?.[0]?.pointer ?? "";
  }
  /* It is no longer believed who this is; that the customer signs in again helps, and nothing else. */
  get isRefusal() { return this.code.startsWith("identity_"); }
  /* Trying again may help: no line, a server that is busy, or two tabs that sent the same at once. */
  get mayPass() { return !this.status || this.status >= 500 || [408, 409, 429].includes(this.status); }
}

/* The server says something at least every 15 seconds; a line that is silent for longer is dead, though nobody closed it. */
const SILENT = 40000;

export class Net {
  key = "";
  /* `onRefused(failure)`, whatever was asked for; not where somebody else has come meanwhile. */
  onRefused = () => {};
  async ask(path, body) {
    const key = this.key;
    let answer;
    const isForm = body instanceof FormData;
    const headers = { Authorization: "Bearer " + key, "Accept-Language": document.documentElement.lang, ...(body && !isForm && { "Content-Type": "application/json" }) };
    try {
      answer = await fetch(path, { method: body ? "POST" : "GET", headers, body: isForm ? body : body && JSON.stringify(body), credentials: "omit" });
    } catch {
      throw new Failure(0);
    }
    if (answer.ok) return answer;
    const failure = new Failure(answer.status, await answer.json().catch(() => null));
    if (failure.isRefusal && key === this.key) this.onRefused(failure);
    throw failure;
  }
  async page(path) {
    return new DOMParser().parseFromString(await (await this.ask(path)).text(), "text/html");
  }
  /* What it tells. What cannot be read was not told by us, or only half: a hotel's sign-in page, a line that broke. */
  async told(path, body) {
    const answer = await this.ask(path, body);
    return answer.json().catch(() => { throw new Failure(0); });
  }

  /* Hears that something changed, until told to stop; a line that breaks is taken up again. `onLine(false)` after that. */
  follow(path, onNews, onLine) {
    let stopped = false, reader, again, dead, pause = 1000;
    const alive = () => { clearTimeout(dead); dead = setTimeout(() => reader.cancel().catch(() => {}), SILENT); };
    const begin = async () => {
      try {
        const answer = await this.ask(path);
        reader = answer.body.getReader();
        onLine(true);
        pause = 1000;
        for (let rest = "", decoder = new TextDecoder(); !stopped;) {
          alive();
          const { done, value } = await reader.read();
          if (done) break;
          const frames = (rest + decoder.decode(value, { stream: true })).split("\n\n");
          rest = frames.pop();
          if (!stopped && frames.some((frame) => frame.includes("data:") && !frame.includes("event: beat"))) onNews();
        }
      } catch (error) {
        if (error.status && !error.mayPass) return onLine(false, error);
      } finally { clearTimeout(dead); }
      if (stopped) return;
      onLine(false);
      again = setTimeout(begin, pause);
      pause = Math.min(pause * 2, 30000);
    };
    begin();
    return () => { stopped = true; clearTimeout(again); reader?.cancel().catch(() => {}); };
  }
}
