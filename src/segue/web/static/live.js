/* Keeps a page true to the server. It hears that something changed, asks for the page again, and swaps only what
   differs: a child of a [data-live] element is known by its id and left alone while its HTML is the same, so that
   focus, scroll and half-typed text stay. */

const known = new WeakMap();
const lists = (root) => root.querySelectorAll("[data-live]");

/* What stands there is taken as the server sent it. To be told again of what a script puts in. */
export function learn(root) {
  const own = root.matches?.("[data-live]") ? [root] : [];
  for (const list of [...own, ...lists(root)]) for (const child of list.children) known.set(child, child.outerHTML);
}
learn(document);

/* Throws where there is nothing to show: no answer, signed out, gone. `error.isOver` says that waiting won't help.
   `isStill` says whether what came is still wanted; where not, nothing is changed. */
export async function refresh(address, isCalm, isStill = () => true) {
  const answer = await fetch(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok || !page.querySelector("[data-live]"))
    throw Object.assign(new Error(answer.status), { isOver: answer.status < 500 });
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

export function differs(list, fresh) {
  const now = [...list.children].map((child) => child.id);
  return now.join() !== [...fresh.children].map((child) => child.id).join();
}

function sync(list, fresh) {
  const have = new Map([...list.children].map((child) => [child.id, child]));
  let place = list.firstElementChild;
  for (const next of [...fresh.children]) {
    const mine = have.get(next.id), html = next.outerHTML;
    if (mine && known.get(mine) === html) {
      if (mine === place) place = place.nextElementSibling;
      else list.insertBefore(mine, place);
    } else {
      known.set(list.insertBefore(document.importNode(next, true), place), html);
      if (mine && mine === place) place = place.nextElementSibling;
      mine?.remove();
    }
    have.delete(next.id);
  }
  for (const gone of have.values()) gone.remove();
}

/* Calls onNews(conversation) for each change, with "" where anything may have changed. A hidden page listens to
   nothing and catches up when it is looked at again. */
export function follow(address, onNews, onState) {
  let source, again;
  const stop = () => { clearTimeout(again); source?.close(); };
  const begin = () => {
    stop();
    source = new EventSource(address);
    source.onopen = () => onState(true);
    source.onmessage = (event) => onNews(JSON.parse(event.data).conversation ?? "");
    source.onerror = () => {
      onState(false);
      if (source.readyState === EventSource.CLOSED) again = setTimeout(() => { onNews(""); begin(); }, 5000);
    };
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : begin()));
  addEventListener("pagehide", stop);
  if (!document.hidden) begin();
}
