/* Forms, sent without leaving the page. Each deed says what it did, and how to take it back. */

import { t } from "../texts.js";
import { choose } from "./choosing.js";
import * as composer from "./composer.js";
import { beside, walk } from "./listing.js";
import { $, headers, parsed, untaken } from "./page.js";
import { address, forget, here, home, open, put, renew } from "./stage.js";
import * as unsent from "./unsent.js";

const OF_TEXT = /\/(reply|note|unsend|approve)$/;
const UNDOES = { resolve: "reopen", snooze: "wake", correct: "undo", tag: "untag", untag: "tag", merge: "unmerge", drop: "undrop", claim: "give-back", assign: "give-back", "hand-back": "give-back" };
let undoing = null, doing = 0, stands = "", timer, update = () => {};

export const whenDone = (deed) => (update = deed);

/* `undo` takes back the deed that is told of, null where nothing does; without it the last deed's stays. */
export function say(words, undo) {
  if (undo !== undefined) undoing = undo;
  $("toast-text").textContent = $("says").textContent = words;
  $("toast-undo").hidden = !undo;
  $("toast").hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => ($("toast").hidden = true), undo ? 12000 : 4000 + 40 * words.length);
}

/* To the list, where what was open is closed to this agent. */
export function toList(words) {
  sessionStorage.setItem("said", words);
  home();
}

/* Takes back the last deed, a reply that waits, or what one said of the assistant. */
export async function undo() {
  while (doing) await new Promise((goOn) => setTimeout(goOn, 50));  // else something older would be taken back
  const waiting = document.querySelector("#thread .waiting form");
  if (undoing?.deed) {
    const { deed } = undoing;
    undoing = null;
    await deed();
  } else if (undoing) {
    const { path, back, with: more = {} } = undoing;
    undoing = null;
    const done = await post(path, new URLSearchParams({ place: $("main").dataset.place ?? "", ...more }));
    if (!done.ok) return;
    if (done.closed) return toList(done.closed);
    forget();  // what was fetched ahead is of before
    if (back) await open(back);
    else renew(done.html);
    update();
    say(t("Undone"));
  } else if (waiting) waiting.requestSubmit();
  else if (stands === here()) say(t("What stands in the thread cannot be taken back"));
  else if (here()) await submit($("correcting"), null, "undo", t("Taken back"));
}

/* Sends a form; `name` is another deed of it than its action, `again` what undoing it sends. */
export async function submit(...asked) {
  doing++;
  try { return await did(...asked); } finally { doing--; }
}

/* Whether a deed is on its way: where it leads is not known yet. */
export const isDoing = () => doing > 0;

async function did(form, button = null, name = "", words = "", again = {}) {
  const action = new URL(button?.hasAttribute("formaction") ? button.formAction : form.action);
  if (name) action.pathname = action.pathname.replace(/[^/]+$/, name);
  const deed = action.pathname.split("/").pop(), id = here(), from = address();
  const next = beside(id, 1) ?? beside(id, -1);
  const data = new FormData(form, button?.name ? button : undefined);
  const closes = deed === "resolve" || (deed === "reply" && data.has("close"));
  const changed = changes(data, deed);
  const number = `#${form.dataset.number ?? $("composer")?.dataset.number ?? ""}`;
  if (button && !closes && /^(reply|note)$/.test(deed)) $("text").focus();  // a button at rest swallows what is typed next
  busy(form, true);
  data.delete("file");  // what is chosen has gone ahead, see attaching.js
  const done = await post(action.pathname, new URLSearchParams(data), form).finally(() => busy(form, false));
  const at = `/desk/conversations/${id}`, isHere = id === here();
  const goesOn = (done.ok || done.isSent) && isHere && /^(reply|note)$/.test(deed) && composer.sent(deed, data.get("text"), done.html);
  if (done.isSent && isHere && !goesOn) put(done.html);
  if (!done.ok) return false;
  if (done.closed) {
    if (isHere && !next) toList(done.closed);
    else { say(done.closed, null); walk(); if (isHere) await open(next); update(); }
    return true;
  }
  const back = UNDOES[closes ? "resolve" : deed];
  const undoes = back && changed !== "" && { path: `${at}/${back}`, back: closes || deed === "merge" ? from : null, with: { ...again, ...(changed && { tag: changed }) } };
  const bare = deed === "resolve" && /id="unanswered">([^<]+)/.exec(done.html)?.[1];
  const said = words || form.dataset.said || (deed === "note" ? t("Noted") : closes ? t("%(number)s is closed", { number }) : t("Sent"));
  const waits = deed === "reply" && /id="(rep_[^"]+)" class="said agent mine waiting"/.exec(done.html)?.[1];
  stands = /^(reply|note|approve)$/.test(deed) && !waits && !undoes ? id : "";
  if (waits) say(closes ? t("%(number)s goes out and closes", { number }) : t("Goes out in a moment"), { path: `${at}/unsend`, back: from, with: { reply: waits } });
  else say(bare ? `${said}. ${bare}` : said, undoes || null);
  if (!isHere) { update(); return true; }  // whoever went on is not fetched back
  if (deed === "approve" && next && from.includes("view=approve")) { walk(); await open(next); stands &&= here(); }
  else if (closes) await goOn(done.html, next, $("says").textContent);
  else if (OF_TEXT.test(action.pathname) && !goesOn) put(done.html);
  else renew(done.html);
  update();
  return true;
}

/* After a conversation is closed: where this agent wants to be. */
async function goOn(html, next, said) {
  const after = document.body.dataset.after;
  if (after === "next" && next) { walk(); return open(next); }
  if (after === "list" && innerWidth < 768) return toList(said);
  put(html);
  if (after === "list") document.querySelector("#rows a")?.focus();
}

const tagsOn = () => [...document.querySelectorAll("#title .tags a")].map((tag) => tag.textContent);

/* All tags: those on it are taken off, others put on; a new one is typed. */
export function chooseTag(title, taken, mine = [], more = {}) {
  const known = [...document.querySelectorAll("#known-tags option")].map(({ value }) => value).filter((tag) => !mine.includes(tag));
  const item = (value, more) => ({ label: value, value, ...more });
  const items = [...mine.map((tag) => item(tag, { hint: t("take it off"), isOn: true })), ...known.map((tag) => item(tag))];
  const free = (typed) => typed && ![...known, ...mine].includes(typed.toLowerCase()) && item(typed, { hint: t("a new tag") });
  choose(title, items, taken, t("A tag, or a new one"), { free, field: $("bulk-tag"), ...more });
}

export const tags = (more) => $("tagging") && chooseTag(t("Tag"), change, tagsOn(), { field: $("tag"), ...more });

async function change({ value, isOn }) {
  const form = $("tagging"), field = form.elements.tag;
  field.value = value;
  if (await submit(form, null, isOn ? "untag" : "tag", isOn ? t("Tag %(tag)s is off", { tag: value }) : t("Tagged %(tag)s", { tag: value }), { tag: value })) field.value = "";
  else if ($("refusal")) tags({ typed: value, flaw: $("refusal").textContent.trim() });
}

/* Of several tags those that are not as wanted already: what was there before stays when it is undone. */
function changes(data, deed) {
  const on = tagsOn();
  return data.get("tag")?.split(",").filter((tag) => on.includes(tag.trim().toLowerCase().replace(/\s+/g, "-")) === (deed === "untag")).join();
}

async function post(path, body, form) {
  if (/\/(unsend|approve)$/.test(path)) await composer.leave();  // the server changes it
  const slow = setTimeout(() => say(t("Still sending …")), 2000);
  try {
    const answer = await fetch(path, { method: "POST", body, headers, signal: AbortSignal.timeout(15000) });
    forget(here());
    if (answer.headers.get("content-type")?.includes("json")) return { ok: answer.ok, closed: (await answer.json()).closed };
    if (answer.status === 404) { toList(t("Not done: this conversation is closed to you now")); return { ok: false }; }
    const html = await answer.text();
    if (!html.includes('data-id="')) throw new Error(untaken(answer.redirected));
    const isSent = html.includes('id="refusal" data-sent');  // its closing was refused
    if (!answer.ok) refused((OF_TEXT.test(path) && form && !isSent ? put : renew)(html), html);
    return { ok: answer.ok, html, isSent };
  } catch (error) {
    const why = error instanceof TypeError || ["TimeoutError", "SyntaxError"].includes(error.name) ? t("No answer from the server.") : error.message;
    say(t("Not done. %(why)s", { why }));
    if (form?.id === "composer") unsent.keep(path, body, why);
    return { ok: false, why };
  } finally { clearTimeout(slow); }
}

/* What could not be sent, once more; returns why not. */
unsent.whenTriedAgain(async (path, body) => {
  const done = await post(path, body);
  if (done.isSent) { update(); return ""; }
  if (!done.ok) return done.why ?? $("says").textContent;
  if (done.closed) { toList(done.closed); return ""; }
  say(path.endsWith("/note") ? t("Noted") : /class="said agent mine waiting"/.test(done.html) ? t("Goes out in a moment") : t("Sent"));
  renew(done.html);
  update();
  return "";
});

/* Its reason takes the place of what was said before. */
function refused(isShown, html) {
  const page = parsed(html), ofText = page.querySelector("#flaw, #crossed, #file-flaw:not([hidden])"), why = page.getElementById("refusal") ?? page.getElementById("address-told") ?? ofText;
  say(why?.textContent.trim() || t("Not done"));
  if ($("toast").hidden = isShown && !!ofText) $("text").focus();
}

function busy(form, is) {
  for (const one of form.elements) if (one.type === "submit") one.disabled = is;
}

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#main, #briefing") || event.target.method === "dialog") return;
  event.preventDefault();
  submit(event.target, event.submitter);
});
$("toast-undo").onclick = undo;
const left = sessionStorage.getItem("said");
if (left) say(left);
sessionStorage.removeItem("said");
