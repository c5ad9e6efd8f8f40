/* What is typed is kept on the server, per conversation and kind, and in this browser until the server has it: so reload,
   crash, sign-out, another tab and a colleague's doings lose nothing. */

import { t } from "../texts.js";
import { $, ask, headers, made, mine, told } from "./page.js";
import { here as conversation, whenOpened } from "./stage.js";

const SAVE = 500, THINK = 500, HOLD = 2e4;
const others = new BroadcastChannel(mine);
let place = [0, 0], form, text, here, kind, texts, versions, saved, theirs, timer, thought, held, isSaving, isUnlocked;
const sends = { reply: 0, note: 0 };

const joined = (...parts) => parts.filter((part) => part.trim()).join("\n\n");
export const isEmpty = () => !text?.value.trim();
export const hasTyped = () => form && /\S/.test(texts.reply + texts.note);

export function begin() {
  form = $("composer");
  text = $("text");
  here = `/desk/conversations/${conversation()}`;
  if (!form) return moveOn();
  kind = $("as-note").defaultChecked ? "note" : "reply";
  versions = { reply: +text.dataset.replyVersion, note: +text.dataset.noteVersion };
  saved = { [kind]: text.defaultValue, [kind === "note" ? "reply" : "note"]: $("other-draft").content.textContent };
  texts = { ...saved };
  [theirs, held, isSaving, isUnlocked] = [{}, -Infinity, false, false];
  if ($("flaw") || $("crossed")) saved[kind] = null;
  for (const one of ["reply", "note"]) recover(one);
  const isEarly = early();
  text.value = texts[kind];
  place = [text.value.length, text.value.length];
  text.onfocus = hold;
  text.onblur = () => (place = [text.selectionStart, text.selectionEnd]);
  text.oninput = typed;
  form.onchange = ({ target }) => target.name === "mode" && turn(target.value);
  $("newer").querySelector("button").onclick = () => { read(); text.focus(); };
  $("take-theirs").onclick = () => settle(true);
  $("keep-mine").onclick = () => settle(false);
  lockOrNot();
  if (isEarly) typed();
}

/* Whether somebody typed before this was there: after what was kept, in their kind. */
function early() {
  kind = $("as-note").checked ? "note" : "reply";
  const { value, defaultValue: sent } = text;
  if (value !== sent) texts[kind] = texts[kind] && texts[kind] !== sent ? `${texts[kind]}\n\n${value}` : value;
  return value !== sent;
}

/* Before another conversation comes, and when the page goes. */
export function leave() {
  if (!form) return;
  clearTimeout(timer);
  clearTimeout(thought);
  if ($("merged")) return moveOn();
  return save(true);
}

/* A colleague merged it away. True where something was typed, or was just being typed, that goes along. */
export function isTakenAlong() {
  if (!isEmpty() || document.activeElement === text) return true;
  form.remove();
  form = text = null;
  return false;
}

/* What the server has not got of it lies ready where the rest has gone. */
function moveOn() {
  const into = document.querySelector("#merged a")?.pathname;
  for (const of of into ? ["reply", "note"] : []) {
    const own = local(of).read();
    if (own?.text.trim()) localStorage.setItem(`${mine}${into} ${of}`, JSON.stringify({ ...own, version: -1 }));
    local(of).forget();
  }
}

/* Where words lie that the server has not got. */
export const onlyHere = () => Object.keys(localStorage).filter((key) => key.startsWith(mine));

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
  text.value = joined(text.value.trim(), suggestion);
  typed();
}

export function insert(words) {
  if (!form) return;
  text.focus();
  document.execCommand("insertText", false, words);
}

/* The same, where the cursor stood before. */
export function insertBack(words, over = 0) {
  if (!form) return;
  text.focus();
  text.setSelectionRange(place[0] - over, place[1]);
  insert(words);
}

/* What came from elsewhere stands in lines of its own. */
export function insertApart(words) {
  if (!form || !words) return;
  const before = text.value.slice(0, place[0]), after = text.value.slice(place[1]);
  const above = before.trim() && !before.endsWith("\n") ? "\n\n" : "", below = after.trim() && !after.startsWith("\n") ? "\n\n" : "";
  insertBack(above + words + below);
}

export const carries = () => (form && $("macro").value ? { macro: $("macro").value, what: $("carries-what").textContent } : null);

/* What the reply does besides, once it is sent; nothing where `macro` is empty. */
export function carry(macro, what) {
  if (!form) return;
  if (macro && kind === "note") write("reply");
  [$("macro").value, $("carries-what").textContent, $("carries").hidden] = [macro, what, !macro];
  saved.reply = null;
  typed();
}

export function send(closes) {
  if (!form) return;
  form.requestSubmit(form.querySelectorAll(`button.as-${kind}`)[closes && kind === "reply" ? 1 : 0]);
}

/* The server has these words: no save brings them back. What was typed since stays, and so do hands that are still there:
   what they type next is no command. Returns whether the composer stays. */
export function sent(of, words, html = "") {
  sends[of]++;
  clearTimeout(timer);
  const now = texts[of], more = now.startsWith(words) ? now.slice(words.length).trimStart() : now;
  versions[of] = +new RegExp(`data-${of}-version="(\\d+)`).exec(html)?.[1] || versions[of];
  [saved[of], texts[of], theirs[of]] = ["", more, null];
  local(of).forget();
  const stays = document.activeElement.matches("body, #text, #composer button");
  if (!form || (!more.trim() && of === kind && !stays)) return false;
  $("crossed")?.remove();
  $("elsewhere").hidden = !theirs[kind];
  startAnew(texts[kind]);
  held = -Infinity;
  text.onfocus = null;
  if (stays) text.focus();
  text.onfocus = hold;
  return true;
}

/* What stood here stands elsewhere now, but for its last `words`; they have a name of their own. */
export function startAnew(words = "") {
  text.setRangeText("", 0, text.value.length - words.length);
  [$("macro").value, $("carries").hidden] = ["", true];
  said("");
  form.elements.client_id.value = `cli_${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  typed();
}

/* Puts back what was not sent, before what was typed since. */
export function takeBack(as, words, macro, what) {
  write(as);
  text.value = joined(words, text.value);
  if (as === "reply" && macro && !$("macro").value) carry(macro, what);
  else typed();
}

function local(of) {
  const key = `${mine}${here} ${of}`;
  return {
    read: () => JSON.parse(localStorage.getItem(key) ?? "null"),
    keep: () => localStorage.setItem(key, JSON.stringify({ text: texts[of], version: versions[of], from: saved[of] ?? "" })),
    forget: () => localStorage.removeItem(key),
  };
}

function recover(of) {
  const own = local(of).read();
  if (!own || own.text === texts[of]) return local(of).forget();
  const came = own.version < 0 && texts[of].endsWith(own.from);
  if (came) own.text = joined(texts[of].slice(0, texts[of].length - own.from.length).trim(), own.text);
  if (came || own.version === versions[of]) { texts[of] = own.text; timer = setTimeout(save, SAVE); }
  else if (own.text.trim()) { texts[of] = own.text; if (saved[of]?.trim()) elsewhere(of, saved[of], versions[of]); }
}

function typed(event) {
  if (event && !text.value.trim() && kind === "reply" && $("macro").value) return carry("", "");
  if (text.value) hold();
  $("flaw")?.remove();  // it says nothing of what is typed now
  for (const name of ["invalid", "describedby"]) text.removeAttribute(`aria-${name}`);
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
  save();
  kind = to;
  text.value = texts[to];
  $("guard").hidden = true;
  $("elsewhere").hidden = !theirs[to];
}

async function save(isLeaving = false) {
  const of = kind, at = here, words = texts[of], had = versions, before = sends[of];
  if (isSaving && !isLeaving) { timer = setTimeout(save, SAVE); return; }
  if (words === saved[of]) return local(of).forget();
  isSaving = true;
  try {
    const body = new URLSearchParams({ kind: of, text: words, version: had[of] });
    if (of === "reply") body.set("macro", $("macro").value);
    const answer = await fetch(`${at}/draft`, { method: "POST", body, headers, keepalive: isLeaving === true && words.length < 20000 });
    if (answer.redirected) return signedOut();
    const { into, version, text: other } = await answer.json();
    if (at !== here || into || before !== sends[of]) return;
    versions[of] = version;
    if (answer.ok) {
      saved[of] = words;
      if (texts[of] === words) local(of).forget();
      others.postMessage({ here: at, kind: of, text: words, version });
      if (words.trim()) said(t("Draft kept"));
    } else if (answer.status === 409) {
      saved[of] = other;
      elsewhere(of, other, version);
      if (!other) timer = setTimeout(save, SAVE);  // it was sent
    }
  } catch {
    said(t("Kept in this browser only"));
  } finally { isSaving = false; }
}

/* What another window kept comes in here; who writes is asked which it shall be. */
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
  theirs[of] = !words || words === texts[of] ? null : { words, version };
  if (of === kind) $("elsewhere").hidden = !theirs[of];
}

/* Their text stays at hand as long as one is asked, also where this one was kept over it. */
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

export const signedOut = (is = true) => ($("signed-out").hidden = !is);

/* Does the draft ask for what the conversation has answered? */
async function glance() {
  const guard = $("guard"), at = here;
  if (kind === "note" || text.value.trim().length < 8) { guard.hidden = true; return; }
  const got = await told(`${at}/guard`, { method: "POST", body: new URLSearchParams({ text: text.value }) });
  if (!got || at !== here) return;
  guard.replaceChildren(...got.facts.map(known));
  guard.hidden = !got.facts.length;
}

function known({ said: words, value, seq, where }) {
  const link = seq ? made("a", { href: `#m${seq}` }, where) : where;
  return made("p", {}, words, " ", made("strong", {}, value), " (", link, ")");
}

function hold() {
  if (text.readOnly || performance.now() - held < HOLD) return;
  held = performance.now();
  fetch(`${here}/hold`, { method: "POST", headers }).catch(() => { held = -Infinity; });
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
  const mine = $("seen-seq"), bar = $("newer");
  [mine.value, mine.dataset.others] = [bar.dataset.seq, bar.dataset.others];
  bar.hidden = true;
}

/* What others wrote counts as read while nothing is typed; else the agent says so. */
export function newer(page) {
  const mine = $("seen-seq"), theirs = page.getElementById("seen-seq"), bar = $("newer");
  if (!mine || !theirs || page.getElementById("composer")?.dataset.here !== here) return;
  [bar.dataset.seq, bar.dataset.others] = [theirs.value, theirs.dataset.others];
  if (isEmpty()) read();
  else if (+theirs.dataset.others > +mine.dataset.others) bar.hidden = false;
  else if (bar.hidden) mine.value = theirs.value;
}

/* The marks of Markdown around what is selected; in a step that the browser can undo. */
export function wrap(sign) {
  if (document.activeElement !== text) return false;
  const { selectionStart: from, selectionEnd: to } = text;
  insert(sign + text.value.slice(from, to) + sign);
  text.setSelectionRange(from + sign.length, to + sign.length);
}

/* Who looks at what: each tab says it now, every half minute, and when one turns away. */
const look = (id, more) => ask(`/desk/conversations/${id}/look`, { method: "POST", body: new URLSearchParams({ ...more, tab: performance.timeOrigin }), keepalive: true });
let looking;
function looks() {
  const isBehind = document.body.classList.contains("at-list") && innerWidth < 768;
  const id = document.hidden || isBehind ? undefined : conversation();
  if (looking && looking !== id) look(looking, { leaves: true });
  looking = id;
  if (id) look(id);
}
const soon = () => { clearTimeout(looks.soon); looks.soon = setTimeout(looks, 400); };
whenOpened({ before: leave, after: () => { begin(); soon(); } });
setInterval(looks, 30000);
document.addEventListener("visibilitychange", () => { if (document.hidden) leave(); looks(); });
addEventListener("pagehide", () => { leave(); if (looking) look(looking, { leaves: true }); looking = undefined; });
soon();
