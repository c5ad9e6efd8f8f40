/* The desk, live. */

import { follow, refresh } from "../live.js";
import { t } from "../texts.js";
import { choose, chooseFrom } from "./choosing.js";
import * as composer from "./composer.js";
import { isDoing, say, submit, tags, toList, undo, whenDone } from "./deeds.js";
import { attach } from "./attaching.js";
import "./notices.js";
import { articles, macros } from "./inserting.js";
import { hint, isTyping, listen, shown } from "./keys.js";
import { beside, isCalm, walk, whenCalm } from "./listing.js";
import { $, ask, button, is, made, parsed } from "./page.js";
import * as selecting from "./selecting.js";
import { address, ahead, back, forget, here, isComing, isHere, onwards, open, whenOpened } from "./stage.js";

const registry = JSON.parse($("registry").content.textContent);
const APART = 100, TIMES = 2;
let timer, named = new Set(), due = Infinity, isBusy = false, isLive = true, lost, telling, rests = 0, approved = -1e4;

/* Where news came of others, the server leaves out what stands open. */
function soon(wait, name = "") {
  named.add(name);
  const at = performance.now() + wait;
  if (at >= due) return;
  due = at;
  clearTimeout(timer);
  timer = setTimeout(update, wait);
}

async function update() {
  due = Infinity;
  if (isBusy || isComing()) return soon(50, ...named);
  isBusy = true;
  const at = here(), begun = performance.now(), asked = named, headers = { "X-Changed": [...asked].join().slice(0, 4000) };
  named = new Set();
  try {
    const page = await refresh(address(), isCalm, (page) => page.body.dataset.is === is ? isHere(page) : location.reload(), headers);
    if (page && $("merged") && $("composer")) await along();
    else if (page) { renewed(page); selecting.mark(); }
    else if (at !== here()) soon(0);
    composer.signedOut(false);
    if (isLive) heard();
  } catch (error) {
    for (const name of error.message === "503" ? asked : [""]) named.add(name);
    if (error.message === "404" && at && (at !== here() || isDoing())) soon(200);
    else if (error.message === "404" && at) toList(composer.hasTyped() ? t("This conversation is closed to you now; what you typed is in My preferences") : t("This conversation is closed to you now"));
    else if (error.isOver) composer.signedOut();
    else { lose(new Date()); soon(3000, ...named); }
  } finally {
    rests = performance.now() + Math.max(APART, TIMES * (performance.now() - begun));
    isBusy = false;
  }
}

/* Merged away by a colleague: what is typed goes along, and so do the hands. */
async function along() {
  const { number } = $("composer").dataset, into = document.querySelector("#merged a");
  const writes = document.activeElement === $("text") && ($("as-note").checked ? "note" : "reply");
  if (!composer.isTakenAlong()) return;
  await open(into.href);
  say(t("#%(number)s was merged into %(into)s; what you typed came along", { number, into: into.textContent }));
  if (writes) composer.write(writes);
}

/* No oftener than a busy server bears. A "~" behind a name: somebody only came there or went. */
follow("/desk/events", (changed) => {
  forget(changed.replace("~", ""));
  soon(Math.max(0, rests - performance.now()), changed);
}, (isThere, when) => {
  isLive = isThere;
  if (isThere) heard(); else lose(when);
});

/* Says since when; a moment needs no word. */
function lose(when) {
  if (lost) return;
  lost = when;
  telling = setTimeout(() => {
    $("offline").hidden = false;
    $("lost").textContent = lost.toLocaleTimeString("sv", { timeZone: document.body.dataset.zone }).slice(0, 5);
  }, 3500);
}
function heard() {
  clearTimeout(telling);
  lost = null;
  $("offline").hidden = true;
}
setInterval(() => document.hidden || soon(0), 6e4);
whenCalm(update);
whenDone(() => soon(0));
selecting.whenDone(async () => { await update(); forget(); });

const press = (selector) => { const found = document.querySelector(selector); found?.click(); return Boolean(found); };
function step(by) {
  const to = beside(isComing() || here(), by);
  walk();
  if (to) open(to, { by });
  else say(by > 0 ? t("This is the last one") : t("This is the first one"));
}
function correct(kind, words, value = "", seq = 0) {
  const asked = $("correcting");
  if (!asked) return;
  [asked.elements.kind.value, asked.elements.value.value, asked.elements.seq.value] = [kind, value, seq];
  return submit(asked, null, "", words);
}
const fault = (seq, goOn) => chooseFrom(t("What is wrong with its answer?"), $("fault"), async ({ value, label }) => {
  const next = beside(here(), 1);  // it leaves the list, and its place with it
  if (await correct("wrong", t("Marked: %(fault)s", { fault: label }), value, seq) && next) goOn?.(next);
});
const newest = (who) => [...document.querySelectorAll(`#thread .said.${who}:not(.waiting, .refused)`)].pop()?.id.slice(1);
let opener;
function drawer(force) {
  const isOpen = $("briefing").classList.toggle("is-open", force);
  if (isOpen) opener = document.activeElement;
  (isOpen ? $("briefing") : opener.offsetParent ? opener : $("main")).focus();
}

async function why(path = `/desk/conversations/${here()}/why`) {
  const answer = await ask(path), card = $("card");
  if (!answer) return say(t("No answer from the server."));
  const parts = parsed(await answer.text()).querySelector(".parts");
  if (!parts) return say(t("Nothing was decided here yet"));
  card.replaceChildren(button(t("Close"), () => card.close(), { className: "close" }), parts);
  card.showModal();
  card.scrollTop = 0;
}

const already = () => here() && say($("actions").dataset.already);
const act = (does) => press(`#actions [data-key=${does}]`) || already();
const openMenu = (id) => () => {
  const asked = $(id);
  if (!asked) return already();
  chooseFrom(asked.dataset.title, asked.querySelector("select"), (item) => submit(asked, null, "", `${asked.dataset.said}: ${item.label}`),
    id === "snoozing" && selecting.times);
};
/* With rows selected for all of them. */
const many = (deed, one) => () => (selecting.any() ? selecting.bulk(deed) : one());
const does = {
  next: () => step(1),
  previous: () => step(-1),
  open: () => document.body.classList.contains("at-list") && press("#rows a[aria-current], #rows a"),
  back,
  briefing: () => drawer(),
  search: () => { $("find").focus(); $("find").select(); },
  palette,
  help: () => { $("help").showModal(); $("help-title").focus(); $("help").scrollTop = 0; },
  reply: () => composer.write("reply"),
  note: () => composer.write("note"),
  macro: () => macros(),
  attach,
  articles,
  "keep-view": keepView,
  select: () => selecting.toggle(),
  "select-down": () => selecting.extend(1),
  "select-up": () => selecting.extend(-1),
  "select-all": selecting.all,
  tag: many("tag", () => tags()),
  suggestion: () => { const draft = $("draft"); if (draft) composer.take(draft.content.textContent); else say(t("There is no suggestion")); },
  approve: () => {
    const before = approved;
    approved = performance.now();  // pressed twice it would send the next one unread
    return isDoing() || approved - before < 1500 || press("#approve") || say(t("There is nothing to approve"));
  },
  "not-this-answer": () => {
    const seq = $("approve")?.value;
    if (!seq) return say(t("There is nothing to approve"));
    fault(seq, (next) => { walk(); open(next); });
  },
  take: () => act("take"),
  "hand-back": many("hand-back", () => act("hand-back")),
  assign: many("assign", openMenu("assigning")),
  snooze: many("snooze", () => ($("snoozing") ? openMenu("snoozing")() : act("snooze"))),
  resolve: many("resolve", () => act("resolve")),
  reopen: () => act("reopen"),
  "resolve-as": () => {
    const asked = document.querySelector("#actions [data-key=resolve]")?.form;
    if (!asked) return already();
    chooseFrom(t("Resolve; it was about"), $("matter"), ({ value }) => {
      asked.append(made("input", { type: "hidden", name: "matter", value }));
      submit(asked);
    });
  },
  merge: () => ($("merging") ? merge() : say(t("There is no other open one of this customer"))),
  address: (event) => {
    const field = $("address"), own = field?.closest("details");
    if (!field) return already();
    if (event?.type === "click" && own.open) return void (own.open = false);
    for (let menu = field.closest("details"); menu; menu = menu.parentElement.closest("details")) menu.open = true;
    field.select();
  },
  copy: () => navigator.clipboard.writeText(location.origin + address()).then(() => say(t("The link is copied")), () => say(address())),
  undo,
  stop: () => { $("switch").open = true; $("switch-reason").focus(); },
  "right-call": () => correct("right_call", t("Noted: right to hand over")),
  needless: () => correct("needless", t("Noted: the AI could have done it")),
  matter: () => here() && chooseFrom(t("It is about"), $("matter"), (item) => correct("intent", t("It is about: %(matter)s", { matter: item.label }), item.value)),
  why: () => here() && why(),
  wrong: (event) => {
    const seq = (event?.target ?? document.activeElement).closest?.(".said.assistant")?.id.slice(1) ?? newest("assistant");
    if (!seq) return say(t("The AI has said nothing here"));
    fault(seq);
  },
  article: () => (newest("agent") ? correct("article", t("Proposed as an article"), "", newest("agent")) : say(t("Nobody has replied here yet"))),
  send: () => (isTyping(document.activeElement) ? composer.send(false) : false),
  "send-close": () => composer.send(true),
  bold: () => composer.wrap("**"),
  italic: () => composer.wrap("*"),
  leave: () => {
    if ($("briefing").classList.contains("is-open")) return drawer(false);
    if (selecting.any() && !isTyping(document.activeElement)) return selecting.none();
    return document.activeElement === $("text") || document.activeElement === $("find") ? $("main").focus() : false;
  },
};
function merge() {
  const asked = $("merging"), other = asked.querySelector("select");
  chooseFrom(t("Merge into"), other, async (item) => { await composer.leave(); submit(asked, null, "", t("%(said)s into %(number)s", { said: asked.dataset.said, number: item.label.split(" ")[0] })); });
}

function keepView() {
  const asked = $("keep-view");
  if (!asked) return say(t("Search first; then it can be kept as a view"));
  const everybody = asked.elements.shared;
  const named = (value) => (everybody ? [false, true] : [false]).map((shared) => ({ label: t("Keep as “%(name)s”", { name: value }), hint: shared ? t("for everybody") : t("for me"), value, shared }));
  choose(t("Name this search"), [], ({ value, shared }) => {
    asked.elements.name.value = value;
    if (everybody) everybody.checked = shared;
    asked.submit();
  }, t("A name for it"), { free: (typed) => typed && named(typed) });
}
for (const { action } of registry) {
  const [kind, to] = action.split(":");
  if (kind === "saved") does[action] = () => press(`#saved li:nth-child(${to}) a`) || say(t("There is no such view"));
  if (kind === "view") does[action] = () => location.assign(`/desk?view=${to}`);
  if (kind === "page") does[action] = () => location.assign(to);
}
/* One may walk on at once; any other key waits for what is on its way. */
const play = listen(registry, does, (action) => isComing() && !/^(next|previous)$/.test(action));

function palette() {
  const commands = registry.filter((entry) => entry.palette && does[entry.action]);
  choose(t("Commands"), commands.map((entry) => ({ label: entry.label, hint: entry.keys.map(shown).join(t(" or ")), value: entry.action })),
    ({ value, typed }) => {
      if (!typed) return does[value]();
      $("find").value = typed;
      $("find").form.submit();
    }, t("What do you want to do?"), { none: (typed) => ({ label: t("Search every conversation for “%(typed)s”", { typed }), typed }) });
}

document.addEventListener("click", (event) => {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  const row = event.target.closest("#rows a"), one = event.target.closest("[data-does]"), asked = !one?.contains(event.target.closest(".drop")) && one?.dataset.does;
  if (row && innerWidth >= 768) open(row.href);
  else if (event.target.closest("#use-draft")) does.suggestion();
  else if (event.target.closest("#close-briefing")) drawer(false);
  else if (asked === "why") why(event.target.closest("a").href);
  else if (does[asked]) does[asked](event);
  else return;
  event.preventDefault();
});
document.addEventListener("pointerover", (event) => ahead(event.target.closest?.("#rows a:not([aria-current])")?.href));
/* No draft of theirs stays here; the server has it. Signed out otherwise, it waits for its author. */
$("sign-out").onsubmit = async (event) => {
  event.preventDefault();
  await composer.leave();
  const kept = composer.onlyHere();
  if (kept.length && !confirm(t("What you typed could not be kept. Sign out without it?"))) return;
  for (const key of kept) localStorage.removeItem(key);
  event.target.submit();
};

function hints() {
  for (const root of document.querySelectorAll("#main, #briefing, #bulk"))
    if (root.querySelector("[data-key]:not(:has(kbd))")) hint(root, registry);
}
function renewed(page) { composer.newer(page); composer.lockOrNot(); hints(); }
whenOpened({ after: () => { hints(); play(); }, renewed });
composer.begin();
selecting.mark();
hints();
onwards();
setInterval(onwards, 1e4);
