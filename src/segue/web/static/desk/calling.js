/* Colleagues by name while one writes a note: "@" and the beginning of a name offer them, arrows and Enter take one. */

import * as composer from "./composer.js";
import { $, made } from "./page.js";

let found = [], at = 0, begun = -1;

const list = () => $("names");
const isOpen = () => list() && !list().hidden;

function offer(text) {
  const before = text.value.slice(0, text.selectionStart), call = /(?:^|[\s(])@([^\s@]*(?: [^\s@]*)?)$/.exec(before);
  if (!call || !$("as-note").checked) return close();
  const words = call[1].toLowerCase(), names = [...$("colleagues").content.children].map((one) => one.textContent);
  found = names.filter((name) => name.toLowerCase().startsWith(words) ||
    (words && name.toLowerCase().split(" ").some((part) => part.startsWith(words)))).slice(0, 6);
  begun = text.selectionStart - call[1].length;
  if (!found.length || found[0].toLowerCase() === words) return close();
  at = 0;
  show(text);
}

function show(text) {
  list().replaceChildren(...found.map((name, place) => made("div", {
    id: `name-${place}`, role: "option", ariaSelected: place === at,
    onmousedown: (event) => { event.preventDefault(); take(text, place); },
  }, name)));
  list().hidden = false;
  text.setAttribute("aria-controls", "names");
  text.setAttribute("aria-activedescendant", `name-${at}`);
}

function close() {
  if (!isOpen()) return;
  list().hidden = true;
  $("text").removeAttribute("aria-activedescendant");
  $("text").removeAttribute("aria-controls");
}

function take(text, place) {
  text.setSelectionRange(begun, text.selectionStart);
  composer.insert(`${found[place]} `);
  close();
}

document.addEventListener("input", (event) => event.target.id === "text" && offer(event.target));
document.addEventListener("focusout", (event) => event.target.id === "text" && close());
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "text" || !isOpen() || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { at = (at + step + found.length) % found.length; show(event.target); }
  else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey || event.key === "Tab") take(event.target, at);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
