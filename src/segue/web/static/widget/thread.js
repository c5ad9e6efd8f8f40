/* Keeps what is shown true to the server: of each [data-live] list only the children that differ are touched, known by
   their id, so that focus, half-typed text and what a screen reader has read stay. A message on its way is taken over by
   the one that arrived, known by the id its sender gave it. */

import { t } from "../texts.js";

const known = new WeakMap();

export function swap(page) {
  for (const list of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(list.id);
    if (fresh) sync(list, fresh);
  }
}

function sync(list, fresh) {
  const have = new Map([...list.children].map((child) => [child.id, child]));
  let place = list.firstElementChild;
  for (const next of [...fresh.children]) {
    const html = next.outerHTML;
    const mine = have.get(next.id) ?? (next.dataset.client && list.querySelector(`[data-client="${CSS.escape(next.dataset.client)}"]`));
    have.delete(mine?.id ?? next.id);
    if (mine && (known.get(mine) === html || adopt(mine, next) || isInUse(mine))) {
      known.set(mine, isInUse(mine) ? known.get(mine) : html);
      if (mine === place) place = place.nextElementSibling;
      else list.insertBefore(mine, place);
    } else {
      known.set(list.insertBefore(document.importNode(next, true), place), html);
      if (mine && mine === place) place = place.nextElementSibling;
      mine?.remove();
    }
  }
  for (const gone of have.values()) if (!gone.matches(".pending")) gone.remove();
}

/* The bubble that was on its way becomes the one that arrived, unless that one has files to open. */
function adopt(mine, next) {
  if (!mine.matches(".pending") || !next.dataset.client || next.querySelector(".enclosed")) return false;
  mine.id = next.id;
  mine.className = next.className;
  mine.querySelector(".mark")?.remove();
  return true;
}

/* Somebody types in it, or is about to. */
const isInUse = (element) => element.querySelector("details[open]") || [...element.querySelectorAll("textarea, input")].some((field) => field.value && field.type !== "hidden");

export function pending(item, list) {
  const id = "p-" + item.id;
  let bubble = document.getElementById(id);
  if (!bubble) {
    bubble = Object.assign(document.createElement("li"), { id, className: "said customer mine pending" });
    bubble.dataset.client = item.id;
    const by = Object.assign(document.createElement("p"), { className: "by visually-hidden", textContent: t("You") });
    const text = Object.assign(document.createElement("div"), { className: "text typed", dir: "auto", textContent: item.text });
    const mark = Object.assign(document.createElement("p"), { className: "mark small" });
    const names = (item.files ?? []).map((file) => Object.assign(document.createElement("p"), { className: "small file", dir: "auto", textContent: file.name }));
    bubble.append(by, ...(item.text ? [text] : []), ...names, mark);
    list.append(bubble);
  }
  return bubble;
}

export function mark(bubble, state, words, actions = []) {
  const note = bubble.querySelector(".mark");
  if (!note || note.dataset.state === state + words) return;
  note.dataset.state = state + words;
  note.className = `mark small ${state}`;
  note.replaceChildren(words, ...actions.flatMap(([label, then]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: label });
    button.onclick = then;
    return [" ", button];
  }));
}
