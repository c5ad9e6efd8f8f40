/* The list. While one points at it, has the focus in it or walks through it by keys, it keeps still: what is new waits
   behind a button, and what has gone is struck through where it stood. A row is always meant by its id. */

import { differs } from "../live.js";
import { t } from "../texts.js";
import { $ } from "./page.js";

const listing = $("listing"), stale = $("stale");
const WALKING = 4e3;
let walked = -1e4, isWanted;

export const rows = () => [...document.querySelectorAll("#rows [data-id]")];
export const there = (id) => rows().filter((row) => row.dataset.id === id || !row.matches(".gone"));

document.querySelector(".views [aria-current]")?.scrollIntoView({ block: "nearest" });

/* The address of the row `step` away from `id`; where that row has gone, of what stands at its place. */
export function beside(id, step) {
  const all = there(id);
  const here = all.findIndex((row) => row.dataset.id === id);
  const row = here < 0 ? all[0] : all[here + step];
  return row && row.dataset.id !== id ? row.querySelector("a").href : null;
}

export function mark(id) {
  for (const row of rows()) row.querySelector("a").ariaCurrent = row.dataset.id === id || null;
  $(`open-${id}`)?.scrollIntoView({ block: "nearest" });
}

export const walk = () => (walked = performance.now());
const isStill = () => !isWanted &&
  (listing.matches(":hover, :focus-within") || performance.now() - walked < WALKING);

/* Whether this part of the page is left as it is: the rows, and a head whose menu is in use. */
export function isCalm(list, fresh) {
  if (list.matches(":root:has(dialog[open]) #head, #head:has([open]:is(:hover, :focus-within))")) return true;
  if (list.id !== "rows" || list.dataset.place !== fresh.dataset.place) return false;
  const changed = differs(list, fresh), calm = changed && isStill();
  isWanted = false;
  const arrived = [...fresh.querySelectorAll("[data-id]")].filter((row) => !$(row.id)).length;
  for (const row of rows()) row.classList.toggle("gone", calm && !fresh.children[row.id]);
  stale.hidden = !calm;
  stale.querySelector("button").textContent = arrived ? t("%(n)s new", { n: arrived }) : t("Show changes");
  return calm;
}

/* Calls `update` once the list may move again. */
export function whenCalm(update) {
  stale.onclick = async () => {
    isWanted = true;
    await update();
    document.querySelector("#rows a")?.focus();
  };
  setInterval(() => stale.hidden || isStill() || update(), 250);
}
