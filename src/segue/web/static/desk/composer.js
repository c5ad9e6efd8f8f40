/* The composer. What is typed is kept on the server while one types, per conversation and kind, and in this browser
   until the server has it; so reload, crash, sign-out, another tab and another colleague's doings lose nothing. */

import { t } from "../texts.js";
import { here as conversation, whenOpened } from "./stage.js";

const $ = (id) => document.getElementById(id);
const SAVE = 500, THINK = 500, HOLD = 20000;
const others = new BroadcastChannel("segue-drafts");
let place = [0, 0], form, text, here, kind, texts, versions, saved, theirs, timer, thought, held, isSaving, isUnlocked;

export const isEmpty = () => !text || !text.value.trim();

export function begin() {
  form = $("composer");
  text = form ? $("text") : null;
  if (!form) return;
  here = form.dataset.here;
  kind = $("as-note").checked ? "note" : "reply";
  versions = { reply: +text.dataset.replyVersion, note: +text.dataset.noteVersion };
  saved = { [kind]: text.defaultValue, [kind === "note" ? "reply" : "note"]: $("other-draft").content.textContent };
  texts = { ...saved };
  [theirs, held, isSaving, isUnlocked] = [{}, -Infinity, false, false];
  if ($("flaw") || $("crossed")) saved[kind] = null;
  for (const one of ["reply", "note"]) recover(one);
  text.value = texts[kind];
  place = [text.value.length, text.value.length];
  text.addEventListener("focus", hold);
  text.addEventListener("blur", () => (place = [text.selectionStart, text.selectionEnd]));
  text.addEventListener("input", typed);
  form.addEventListener("change", (event) => event.target.name === "mode" && turn(event.target.value));
  $("newer").querySelector("button").addEventListener("click", () => { read(); text.focus(); });
  $("take-theirs").addEventListener("click", () => settle(true));
  $("keep-mine").addEventListener("click", () => settle(false));
  lockOrNot();
}

/* Before another conversation comes, and when the page goes. */
export function leave() {
  if (!form) return;
  clearTimeout(timer);
  clearTimeout(thought);
  return texts[kind] === saved[kind] ? null : save(true);
}

export function write(as) {
  if (!form) return;
  $(as === "note" ? "as-note" : "as-reply").checked = true;
  turn(as);
  text.focus();
  place = [text.value.length, text.value.length];
  text.setSelectionRange(...place);
}

export function take(suggestion) {
  write("reply");
  text.value = [text.value.trim(), suggestion].filter(Boolean).join("\n\n");
  typed();
}

/* Puts words where the cursor stands. */
export function insert(words) {
  if (!form) return;
  text.focus();
  if (document.execCommand("insertText", false, words)) return;
  text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
  typed();
}

/* The same, where the cursor stood before something else was looked at. */
export function insertBack(words) {
  if (!form) return;
  text.focus();
  text.setSelectionRange(...place);
  insert(words);
}

/* What came from elsewhere stands in lines of its own. */
export function insertApart(words) {
  if (!form || !words) return;
  const before = text.value.slice(0, place[0]), after = text.value.slice(place[1]);
  const above = before.trim() && !before.endsWith("\n") ? "\n\n" : "", below = after.trim() && !after.startsWith("\n") ? "\n\n" : "";
  insertBack(above + words + below);
}

/* What the reply does besides now; empty where it does nothing. */
export const carries = () => (form && $("macro").value ? { macro: $("macro").value, what: $("carries-what").textContent } : null);

/* What the reply does besides, once it is sent; nothing where `macro` is empty. */
export function carry(macro, what) {
  if (!form) return;
  if (macro && kind === "note") write("reply");
  [$("macro").value, $("carries-what").textContent, $("carries").hidden] = [macro, what, !macro];
  saved.reply = null;
  typed();
}

/* Presses the button of the mode; what the server says of it is for whoever handles forms. */
export function send(closes) {
  if (!form) return;
  const button = kind === "note" ? form.querySelector("button.as-note") : form.querySelectorAll("button.as-reply")[closes ? 1 : 0];
  form.requestSubmit(button);
}

/* The server has it: a save that is on its way must not bring it back. */
export function sent() {
  clearTimeout(timer);
  local(kind).forget();
  saved[kind] = texts[kind] = "";
}

function local(of) {
  const key = `segue ${here} ${of}`;
  return {
    read: () => JSON.parse(localStorage.getItem(key) ?? "null"),
    keep: () => localStorage.setItem(key, JSON.stringify({ text: texts[of], version: versions[of] })),
    forget: () => localStorage.removeItem(key),
  };
}

function recover(of) {
  const own = local(of).read();
  if (!own || own.text === texts[of]) return local(of).forget();
  if (own.version === versions[of]) { texts[of] = own.text; timer = setTimeout(save, SAVE); }
  else if (own.text.trim() && of === kind) { texts[of] = own.text; if (saved[of]?.trim()) elsewhere(of, saved[of], versions[of]); }
}

function typed(event) {
  if (event && !text.value.trim() && kind === "reply" && $("macro").value) return carry("", "");
  hold();
  texts[kind] = text.value;
  local(kind).keep();
  clearTimeout(timer);
  timer = setTimeout(save, SAVE);
  clearTimeout(thought);
  thought = setTimeout(glance, THINK);
}

function turn(to) {
  if (to === kind) return;
  texts[kind] = text.value;
  if (texts[kind] !== saved[kind]) save();
  kind = to;
  text.value = texts[to];
  $("guard").hidden = true;
  $("elsewhere").hidden = !theirs[to];
}

async function save(isLeaving = false) {
  const of = kind, at = here, words = texts[of], had = versions;
  if (isSaving && !isLeaving) { timer = setTimeout(save, SAVE); return; }
  if (words === saved[of]) return;
  isSaving = true;
  try {
    const body = new URLSearchParams({ kind: of, text: words, version: had[of] });
    if (of === "reply") body.set("macro", $("macro").value);
    const answer = await fetch(`${at}/draft`, { method: "POST", body, keepalive: isLeaving === true && words.length < 20000 });
    if (answer.redirected) return signedOut();
    const told = await answer.json();
    if (at !== here) return;
    versions[of] = told.version;
    if (answer.ok) {
      saved[of] = words;
      if (texts[of] === words) local(of).forget();
      others.postMessage({ here: at, kind: of, text: words, version: told.version });
      if (words.trim()) said(t("Draft kept"));
    } else if (answer.status === 409) {
      saved[of] = told.text;
      elsewhere(of, told.text, told.version);
    }
  } catch {
    said(t("Kept in this browser only"));
  } finally { isSaving = false; }
}

/* What another window kept comes into this one, unless something else is in view that somebody writes at: then it keeps
   the version it began from, and is asked which of the two it shall be. */
others.onmessage = ({ data: { here: at, kind: of, text: words, version } }) => {
  if (!form || at !== here) return;
  const isMine = texts[of] !== saved[of], isWriting = of === kind && document.activeElement === text && document.hasFocus();
  if (texts[of] !== words && (isMine || isWriting)) return elsewhere(of, words, version);
  versions[of] = version;
  saved[of] = texts[of] = words;
  if (of === kind && text.value !== words) text.value = words;
  elsewhere(of, words, version);
};

function elsewhere(of, words, version) {
  theirs[of] = words === texts[of] ? null : { words, version };
  if (of === kind) $("elsewhere").hidden = !theirs[of];
}

/* Their text stays at hand as long as one is asked, also where this one has been kept over it meanwhile. */
function settle(takes) {
  const { words, version } = theirs[kind];
  if (takes) text.value = texts[kind] = words;
  saved[kind] = null;
  versions[kind] = Math.max(version, versions[kind]);
  theirs[kind] = null;
  $("elsewhere").hidden = true;
  text.focus();
  save();
}

function said(words) { if ($("kept")) $("kept").textContent = words; }

export function signedOut() {
  const bar = $("offline");
  bar.textContent = t("You are signed out; what you typed is kept. Sign in again in another tab, then go on.");
  bar.hidden = false;
}

/* The glance over the shoulder: does the draft ask for what the conversation has answered? */
async function glance() {
  const guard = $("guard"), at = here;
  if (kind === "note" || text.value.trim().length < 8) { guard.hidden = true; return; }
  const answer = await fetch(`${at}/guard`, { method: "POST", body: new URLSearchParams({ text: text.value }) }).catch(() => null);
  if (!answer?.ok || answer.redirected || at !== here) return;
  const { facts } = await answer.json();
  guard.replaceChildren(...facts.map(known));
  guard.hidden = !facts.length;
}

function known({ kind: what, said: called, value, seq }) {
  const line = document.createElement("p"), strong = document.createElement("strong"), link = document.createElement("a");
  strong.textContent = value;
  link.href = `#m${seq}`;
  link.textContent = t("message %(seq)s", { seq });
  line.append(what === "tried" ? t("They tried it already:") : what === "id" ? t("They said it already:") : t("They said it already, %(what)s:", { what: called }), " ", strong, " ", ...(seq ? ["(", link, ")"] : [t("(in their record)")]));
  return line;
}

function hold() {
  if (text.readOnly || performance.now() - held < HOLD) return;
  held = performance.now();
  fetch(`${here}/hold`, { method: "POST" }).catch(() => { held = -Infinity; });
}

/* After each update: does a colleague write here now? */
export function lockOrNot() {
  const unlock = $("unlock");
  if (!text) return;
  const isWriting = document.activeElement === text && !text.readOnly;
  text.readOnly = Boolean(unlock) && !isUnlocked && !isWriting;
  if (!unlock) isUnlocked = false;
  else if (isUnlocked) unlock.hidden = true;
  else unlock.onclick = () => { isUnlocked = true; lockOrNot(); text.focus(); };
}

function read() {
  $("seen-seq").value = $("newer").dataset.seq;
  $("newer").hidden = true;
}

/* What was written meanwhile counts as read while nothing is typed; else the agent says so, or is asked on sending. */
export function newer(page) {
  const mine = $("seen-seq"), theirs = page.getElementById("seen-seq");
  if (!mine || !theirs || page.getElementById("composer")?.dataset.here !== here) return;
  $("newer").dataset.seq = theirs.value;
  const wrote = +theirs.dataset.customer > +mine.dataset.customer;
  if (wrote && !isEmpty()) $("newer").hidden = false;
  else if ($("newer").hidden) mine.value = theirs.value;
  if (isEmpty()) { mine.dataset.customer = theirs.dataset.customer; read(); }
}

/* Who looks at what: said now and every half minute, and when one turns away. */
const look = (id, leaves) => {
  const body = new URLSearchParams(leaves ? { leaves } : {});
  return leaves ? navigator.sendBeacon(`/desk/conversations/${id}/look`, body)
    : fetch(`/desk/conversations/${id}/look`, { method: "POST", body }).catch(() => {});
};
let looking;
function looks() {
  const isBehind = document.body.classList.contains("at-list") && innerWidth < 768;
  const id = document.hidden || isBehind ? undefined : conversation();
  if (looking && looking !== id) look(looking, true);
  looking = id;
  if (id) look(id);
}
whenOpened({ before: leave, after: () => { begin(); clearTimeout(looks.soon); looks.soon = setTimeout(looks, 400); } });
setInterval(looks, 30000);
document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); looks(); });
addEventListener("pagehide", () => { leave(); if (looking) look(looking, true); looking = undefined; });
looks.soon = setTimeout(looks, 400);
