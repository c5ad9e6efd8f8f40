/* Opens conversations in place. The next ones are fetched ahead, so that a key shows them at once. */

import { asLeft, learn, swap } from "../live.js";
import { beside, mark } from "./listing.js";
import { $, ask, parsed } from "./page.js";

const FRESH = 9e4;
const kept = new Map(), opened = [], trail = [];
let asked = 0, way = 1, isLeft = false, coming = "";

export const here = () => $("main").dataset.id;
export const isHere = (page) => page.getElementById("main")?.dataset.id === here();
/* What is on its way here: keys are meant for it. */
export const isComing = () => coming;
export const address = () => here() ? `/desk/conversations/${here()}?${$("main").dataset.place}` : location.href;
export const whenOpened = (deed) => opened.push(deed);
const idOf = (path) => /conversations\/([^/?#]+)/.exec(path)?.[1];

export function ahead(path) {
  if (!path) return;
  const known = kept.get(idOf(path));
  if (known && performance.now() - known.at < FRESH) return;
  const html = ask(path).then((answer) => (answer?.ok ? answer.text() : Promise.reject(answer)));
  const done = html.catch(() => kept.delete(idOf(path)));
  kept.set(idOf(path), { html, at: performance.now() });
  if (kept.size > 12) kept.delete(kept.keys().next().value);
  return done;
}

/* The next two the way one walks: a key pressed twice waits for neither. */
export async function onwards() {
  const from = here();
  await ahead(beside(from, way));
  if (here() === from) ahead(beside(from, 2 * way));
}

export const forget = (id) => (id ? kept.delete(id) : kept.clear());

/* Shows the conversation of that address. A later call wins over an earlier one, or a whole page, still on its way. */
export async function open(path, { remember = true, by = 1 } = {}) {
  if (isLeft) return location.assign(path);
  const mine = ++asked;
  way = by;
  coming = idOf(path);
  mark(coming);
  $("main").ariaBusy = true;
  ahead(path);
  const known = kept.get(idOf(path));
  kept.delete(idOf(path));
  let html;
  try { html = await known.html; } catch { return location.assign(path); }
  if (mine !== asked) return;
  const from = address();
  coming = "";
  if (remember && from !== path) { trail.push(from); history.pushState({}, "", path); }
  if (!put(html)) location.assign(path);
}

/* Puts a conversation from the server into the page; false where it is something else, a sign-in form perhaps. */
export function put(html) {
  const page = parsed(html);
  const main = page.getElementById("main"), aside = page.getElementById("briefing");
  if (!main?.dataset.id || !aside) return false;
  const wasOpen = isHere(page) && $("briefing").classList.contains("is-open");
  if (isHere(page)) asLeft(page);
  for (const deed of opened) deed.before?.();
  main.querySelector("[autofocus]")?.removeAttribute("autofocus");
  mark(main.dataset.id);  // scrolls: while nothing else is new, that costs no layout of all of it
  $("main").replaceWith(main);
  $("briefing").replaceWith(aside);
  learn(main);
  learn(aside);
  aside.classList.toggle("is-open", wasOpen);
  document.title = main.dataset.title;
  document.body.classList.replace("at-list", "at-one");
  for (const deed of opened) deed.after?.();
  setTimeout(onwards, 60);
  return true;
}

/* Brings what stands here up to date, but leaves the composer alone: letters that fall beside it would be commands. */
export function renew(html) {
  const page = parsed(html);
  if (!isHere(page)) return put(html);
  swap(page);
  for (const deed of opened) deed.renewed?.(page);
  return true;
}

export const home = () => location.assign(`/desk?${$("main").dataset.place ?? ""}`);

/* Where one was before; on a narrow screen that may be the list. */
export function back() {
  const before = trail.pop();
  if (before && idOf(before)) return open(before, { remember: false }).then(() => history.replaceState({}, "", before));
  home();
}

addEventListener("beforeunload", () => (isLeft = true));
addEventListener("popstate", () => (idOf(location.pathname) ? open(location.href, { remember: false }) : location.reload()));
