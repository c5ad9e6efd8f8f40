/* What comes into the composer from elsewhere: a macro, a passage of an article, what is known of the customer, a
   colleague's name. */

import { t } from "../texts.js";
import { choose } from "./choosing.js";
import * as composer from "./composer.js";
import { say } from "./deeds.js";
import { $, made, told } from "./page.js";
import { here } from "./stage.js";

const of = (what) => told(`/desk/conversations/${here()}/${what}`);

export function macros(left) {
  if (here()) choose(t("Use a macro or an article"), offered(), put, t("A macro’s name, or what it is about"), { show: preview, find, left });
}

async function offered() {
  const got = await of("macros");
  if (!got) say(t("The macros did not come. Try again."));
  return (got?.macros ?? []).map((macro) => ({ label: macro.name, hint: macro.also.join(" · ") || (macro.is_own ? t("mine") : ""), macro }));
}

/* Articles alone; what the customer wants is looked for before anything is typed. */
export function articles() {
  if (!here()) return;
  const wanted = $("draft")?.content.textContent ?? document.querySelector("#main h1")?.textContent ?? "";
  choose(t("Look up an article"), [], put, t("What is it about?"), { show: preview, find: (typed) => find(typed || wanted) });
}

async function find(typed) {
  if (typed.length < 3) return [];
  return ((await of(`articles?${new URLSearchParams({ q: typed.slice(0, 300) })}`))?.passages ?? []).map((passage) => ({ label: passage.title, hint: passage.is_stale ? t("stale article") : t("article"), passage, isFound: true }));
}

function put({ macro, passage }) {
  if (macro) return take(macro);
  if ($("as-note").checked) composer.write("reply");
  composer.insertApart(passage.insert);
}

function preview({ macro: { text, also = [], missing = [] } = {}, passage = {} }) {
  return Object.entries({
    typed: text ?? passage.insert,
    error: passage.is_stale ? t("This article is stale: its review is due. Read it before you send it.")
      : missing.length && t("%(missing)s has no value for this customer. Fill it in before you send.", { missing: missing.join(", ") }),
    also: also.length && t("Once it is sent: %(also)s", { also: also.join(" · ") }),
  }).flatMap(([className, words]) => words ? made("p", { className }, words) : []);
}

/* A reply carries the actions of one macro: those of a second one take their place, which is said. */
const take = ({ id, text, also }) => fill(text, (text) => {
  const before = composer.carries();
  if (also.length) composer.carry(id, also.join(" · "));
  composer.insertApart(text);
  if (also.length && before && before.macro !== id) say(t("No longer done once it is sent: %(what)s", { what: before.what }));
});

/* What a macro asks for, one by one; what is left stays in the text, and keeps it from being sent. */
function fill(text, done) {
  const [hole, what, typed] = /{{ask\.([^|}]+)\|?([^}]*)}}/.exec(text) ?? [];
  if (!hole) return done(text);
  choose(what, [], ({ label }) => fill(text.replaceAll(hole, () => label), done), "", { typed, free: (label) => label && { label }, left: () => done(text) });
}

/* A stroke that begins a line asks for a macro. Where none is taken it is only text. */
document.addEventListener("keydown", (event) => {
  const text = event.target;
  if (event.key !== "/" || text.id !== "text" || text.readOnly || document.body.dataset.letters === "off") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || /.$/.test(text.value.slice(0, text.selectionStart))) return;
  event.preventDefault();
  macros(() => composer.insertBack(`/${$("chooser-text").value}`));
});
document.addEventListener("click", (event) => {
  if (event.target.id !== "drop-macro") return;
  event.preventDefault();
  composer.carry("", "");
});

/* Two braces ask what may stand in them. */
function variables() {
  const free = (typed) => typed && { label: typed = `{{${typed.replace(/}+$/, "")}}}`, insert: typed };
  choose(t("Write in"), of("variables").then((got) => got ?? []), ({ insert }) => composer.insertBack(insert, 2), "", { free, ends: /}}$/ });
}

/* Colleagues by name, in a note: "@" and the beginning of a name offer them, arrows and Enter take one. */
let found = [], at = 0, begun = -1;

const list = () => $("names");
const isOpen = () => list()?.hidden === false;

function offer(text, typed) {
  const before = text.value.slice(0, text.selectionStart);
  if (typed === "{" && before.endsWith("{{")) return variables();
  const call = /(?:^|[\s(])@([^\s@]*(?: [^\s@]*)?)$/.exec(before);
  if (!call || !$("as-note").checked) return close();
  const words = call[1].toLowerCase(), names = [...$("colleagues").content.children].map((one) => one.textContent);
  found = names.filter((name) => ` ${name.toLowerCase()}`.includes(` ${words}`)).slice(0, 6);
  begun = text.selectionStart - call[1].length;
  if (!found.length || found[0].toLowerCase() === words) return close();
  at = 0;
  show(text);
}

function show(text) {
  list().replaceChildren(...found.map((name, place) => made("div", {
    id: `name-${place}`, role: "option", ariaSelected: place === at,
    onmousedown: (event) => { event.preventDefault(); name(text, place); },
  }, name)));
  list().hidden = false;
  text.setAttribute("aria-activedescendant", `name-${at}`);
}

function close() {
  if (!isOpen()) return;
  list().hidden = true;
  $("text").removeAttribute("aria-activedescendant");
}

function name(text, place) {
  text.setSelectionRange(begun, text.selectionStart);
  composer.insert(`${found[place]} `);
  close();
}

document.addEventListener("input", (event) => event.target.id === "text" && offer(event.target, event.data));
document.addEventListener("focusout", (event) => event.target.id === "text" && close());
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "text" || !isOpen() || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { at = (at + step + found.length) % found.length; show(event.target); }
  else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey || event.key === "Tab") name(event.target, at);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
