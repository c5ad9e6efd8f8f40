/* One list for every choice: type to narrow it, arrows to move, Enter to take. */

import { t } from "../texts.js";
import { $, made } from "./page.js";

const dialog = $("chooser"), text = $("chooser-text"), list = $("chooser-options"), beside = $("chooser-preview");
const THINK = 150;
let items = [], found = [], at = 0, taken = () => {}, wishes = {}, isTaken = false, more = [], timer, asked = 0, turn = 0, isLooking = false, isAwaited = false;

/* `offered`: {label, hint, value}, or a promise of them; what is typed meanwhile falls into the list. Of the wishes `free`
   makes an item of what is typed, where it fits the pattern of `field`; `none` one where nothing fits, `find` brings more,
   `show` tells what taking one will do, `left` is called where none is taken, `typed` stands there with its `flaw`; with
   `digits` a digit takes one while nothing is typed, with `ends` the end of the text; with `comes` what was found comes
   first, and Enter waits for it. */
export function choose(title, offered, onTaken, placeholder = "", asks = {}) {
  [items, taken, wishes, isTaken, more] = [offered.then ? [] : offered, onTaken, asks, false, []];
  $("chooser-title").textContent = title;
  text.value = asks.typed ?? "";
  flaw(asks.flaw);
  text.placeholder = placeholder;
  text.pattern = asks.field?.pattern ?? ".*";
  if (beside) beside.hidden = true;
  dialog.classList.toggle("shows", Boolean(wishes.show));
  dialog.showModal();
  narrow();
  if (!offered.then) return;
  const mine = ++turn;
  offered.then((got) => { if (dialog.open && mine === turn) { items = got; narrow(); } });
}

function flaw(words = "") {
  [$("chooser-flaw").textContent, $("chooser-flaw").hidden] = [words, !words];
  text.toggleAttribute("aria-invalid", Boolean(words));
}

/* Where nothing fits: says so, and some of what would. */
function nothing(typed) {
  if (found.length || !typed) return;
  const some = items.slice(0, 4).map((item) => item.label).join(", ");
  flaw(!text.validity.valid ? wishes.field.title : some ? t("“%(typed)s” fits nothing here. Choose, for example: %(some)s.", { typed, some }) : t("“%(typed)s” fits nothing here.", { typed }));
}

/* The options of a select in the page, so that menu and list cannot differ. A digit takes one, unless one has digits
   of its own: a number, or “3 hours”. `find` finds what is typed beside them. */
export function chooseFrom(title, select, onTaken, find) {
  const options = [...select.options].map((option) => ({
    label: option.textContent, value: option.value, hint: option.parentElement?.label ?? "" }));
  const digits = !options.some(({ label, hint }) => /\d/.test(label + hint));
  choose(title, options, (item) => { if (item.isFound) select.add(new Option("", item.value)); select.value = item.value; onTaken(item); }, select.dataset?.hint, { digits, find, comes: !!find });
}

function narrow() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = items.filter((item) => words.every((word) => `${item.label} ${item.hint ?? ""}`.toLowerCase().includes(word)));
  const typed = text.value.trim();
  const own = [fits[0] || !typed ? 0 : wishes.none?.(typed), text.validity.valid && wishes.free?.(typed)].flat().filter(Boolean);
  const isKnown = fits.some((item) => item.label.toLowerCase().includes(words.join(" ")));
  put([...(isKnown ? [...fits, ...own] : [...own, ...fits]), ...more]);
  isAwaited = false;
  isLooking = Boolean(wishes.find && typed);
  (wishes.find ? look : nothing)(typed);
}

function look(typed) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const mine = ++asked, got = await wishes.find(typed);
    if (mine !== asked || typed !== text.value.trim() || !dialog.open) return;
    more = got ?? [];
    const was = (wishes.comes && more[0]) || found[at], others = found.filter((item) => !item.isFound);
    put(wishes.comes ? [...more, ...others] : [...others, ...more], was);
    nothing(typed);
    isLooking = false;
    if (isAwaited) take(at);
  }, THINK);
}

function put(lines, stay) {
  found = lines;
  list.replaceChildren(...found.map(option));
  move(Math.max(0, found.indexOf(stay)));
}

function option(item, place) {
  const does = { onmousemove: () => at === place || move(place), onclick: () => take(place) };
  return made("div", { id: `choice-${place}`, role: "option", ...does }, item.label, made("span", { className: "hint" }, item.hint ?? ""));
}

function move(to) {
  at = Math.max(0, Math.min(found.length - 1, to));
  [...list.children].forEach((line, place) => (line.ariaSelected = place === at));
  list.children[at]?.scrollIntoView({ block: "nearest" });
  text.setAttribute("aria-activedescendant", found.length ? `choice-${at}` : "");
  if (!wishes.show) return;
  beside.hidden = !found.length;
  beside.replaceChildren(...(found.length ? wishes.show(found[at]) : []));
}

function take(place) {
  const item = found[place];
  if (!item) return;
  isTaken = true;
  dialog.close();
  taken(item);
}

text.oninput = () => { more = []; flaw(); narrow(); wishes.ends?.test(text.value) && take(at); };
text.onkeydown = (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
  if (step) move(at + step);
  else if (event.key === "Enter" && !event.isComposing) wishes.comes && isLooking ? isAwaited = true : take(at);
  else if (wishes.digits && !text.value && /^[1-9]$/.test(event.key) && found[event.key - 1]) take(event.key - 1);
  else return;
  event.preventDefault();
};
dialog.onclose = () => { clearTimeout(timer); if (!isTaken && !dialog.open) wishes.left?.(); };
dialog.onclick = (event) => event.target === dialog && dialog.close();
