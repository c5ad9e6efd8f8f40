/* Keeps a page true to the server: asks for it again when something changed, and swaps only what differs. A child of
   [data-live] is known by its id and left alone while its HTML is the same: so focus, scroll and text stay. */

const known = new WeakMap();
const lists = (root) => root.querySelectorAll("[data-live]");

/* What stands there is taken as the server sent it; to be told of what a script puts in. */
export function learn(root) {
  const own = root.matches?.("[data-live]") ? [root] : [];
  for (const list of [...own, ...lists(root)]) for (const child of list.children) known.set(child, child.outerHTML);
}
learn(document);

/* A click is lost where what it began on is swapped. Two seconds at most: a menu that opens keeps the end. */
let isPressed = false;
for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"])
  addEventListener(name, (event) => (isPressed = event.buttons & 1), true);
export async function released() {
  for (let n = 0; isPressed && n < 100; n++) await new Promise((goOn) => setTimeout(goOn, 20));
}

/* Throws where there is nothing to show: no answer, signed out, gone. `error.isOver` says that waiting won't help.
   `isStill` says whether what came is still wanted. */
export async function refresh(address, isCalm, isStill = () => true, headers) {
  const answer = await fetch(address, { headers, signal: AbortSignal.timeout(15e3) });  // a dead line answers never
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || !page.querySelector("[data-live]"))
    throw Object.assign(new Error(answer.status), { isOver: answer.status < 500 });
  await released();
  if (!isStill(page)) return null;
  swap(page, isCalm);
  return page;
}

export function swap(page, isCalm = () => false) {
  const focused = document.activeElement?.id;
  for (const list of lists(document)) {
    const fresh = page.getElementById(list.id);
    if (fresh && !isCalm(list, fresh)) sync(list, fresh);
  }
  if (page.title) document.title = page.title;
  if (focused && document.activeElement === document.body)
    document.getElementById(focused)?.focus({ preventScroll: true });
}

/* What somebody unfolded stays so in what takes its place. */
export function asLeft(fresh) {
  for (const one of fresh.querySelectorAll(".all input, details[id]:not(.menu)")) {
    const was = document.getElementById(one.id);
    if (was) [one.open, one.checked] = [was.open, was.checked];
  }
  return fresh;
}

const ids = (list) => [...list.children].map((child) => child.id).join();
export const differs = (list, fresh) => ids(list) !== ids(fresh);

function sync(list, fresh) {
  const have = new Map([...list.children].map((child) => [child.id, child]));
  let place = list.firstElementChild;
  for (const next of [...fresh.children]) {
    const mine = have.get(next.id), html = next.outerHTML, isNext = mine === place;
    if (isNext) place = place.nextElementSibling;
    if (!mine || known.get(mine) !== html) {
      known.set(list.insertBefore(asLeft(document.importNode(next, true)), place), html);
      mine?.remove();
    } else if (!isNext) list.insertBefore(mine, place);
    have.delete(next.id);
  }
  for (const gone of have.values()) gone.remove();
}

/* The server says something every 15 seconds: who hears nothing for long has a dead line, and takes it up anew. */
const SILENT = 3e4, LOOKS = 5e3;

/* Calls onNews(conversation) for each change, with "" where it may be any, and onState(isThere, when): when the last word
   was heard. That the network went is tried at once: a house on this machine needs none. A hidden page hears nothing. */
export function follow(address, onNews, onState) {
  let source, again, begun = 0, heard = Date.now(), wait = 500;
  const stop = () => { clearTimeout(again); source?.close(); source = null; };
  const lost = () => onState(false, new Date(heard));
  const anew = () => { if (source) { lost(); begin(); } };
  const begin = () => {
    stop();
    begun = Date.now();
    source = new EventSource(address);
    source.onopen = () => { heard = Date.now(); wait = 500; onState(true); };
    source.onmessage = (event) => { heard = Date.now(); onNews(JSON.parse(event.data).conversation ?? ""); };
    source.addEventListener("beat", () => (heard = Date.now()));
    source.onerror = () => {
      lost();
      if (source.readyState === EventSource.CLOSED) again = setTimeout(() => { onNews(""); begin(); }, wait = Math.min(1.5 * wait, 8000));
    };
  };
  setInterval(() => Date.now() - Math.max(heard, begun) > SILENT && anew(), LOOKS);
  for (const name of ["offline", "online"]) addEventListener(name, anew);
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : begin()));
  addEventListener("pagehide", stop);
  if (!document.hidden) begin();
}
