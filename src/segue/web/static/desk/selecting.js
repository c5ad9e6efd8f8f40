/* Several rows at once, each known by its id. Commands then mean all of them, and say first what they will do. */

import { t } from "../texts.js";
import { chooseFrom } from "./choosing.js";
import { chooseTag, say } from "./deeds.js";
import { rows, there } from "./listing.js";
import { $, ask, parsed, told as read, untaken } from "./page.js";
import { forget, here } from "./stage.js";

const form = $("bulk"), card = $("card"), chosen = new Set();
let from = null, update = () => {};

for (const box of document.querySelectorAll("#rows :checked")) chosen.add(box.value);

export const whenDone = (deed) => (update = deed);
export const any = () => chosen.size > 0;

/* After the list has changed: those that have gone from it are not meant any more. */
export function mark() {
  for (const id of chosen) if (!$(`row-${id}`)) chosen.delete(id);
  for (const row of rows()) {
    const box = row.querySelector("input");
    box.checked = row.classList.toggle("selected", chosen.has(row.dataset.id));
    box.tabIndex = -1;  // a key selects; Tab walks through rows, not twice
  }
  $("rows").classList.toggle("selecting", any());
  form.classList.toggle("is-on", any());
  $("bulk-count").textContent = t("%(n)s selected", { n: chosen.size });
}

/* What has left the list is not selected, which is said. */
const isGone = (id) => there().every((row) => row.dataset.id !== id) && !say(t("It is not in this list any more"));
const set = (id, on) => chosen[on ? "add" : "delete"](id);
export function toggle(id = focused()) {
  if (!id || isGone(id)) return;
  set(id, !chosen.has(id));
  from = id;
  says();
}
export function all() {
  const ids = there().map((row) => row.dataset.id), on = ids.some((id) => !chosen.has(id));
  for (const id of ids) set(id, on);
  says();
}
export function none() { chosen.clear(); says(); }
export function extend(step) {
  const ids = there().map((row) => row.dataset.id), at = ids.indexOf(chosen.has(from) ? from : focused());
  if (isGone(ids[at])) return;
  chosen.add(ids[at]);
  const next = ids[at + step];
  if (next) set(chosen.has(next) ? ids[at] : next, !chosen.has(next));
  from = next ?? ids[at];
  says();
  $(`row-${from}`)?.scrollIntoView({ block: "nearest" });
}
function says() { mark(); $("says").textContent = $("bulk-count").textContent; }
const focused = () => document.activeElement.closest?.("#rows [data-id]")?.dataset.id ?? here();

export function bulk(deed) {
  if (deed === "resolve" || deed === "hand-back") return plan(deed);
  if (deed === "tag") return chooseTag(t("Tag %(n)s", { n: chosen.size }), ({ value }) => plan("tag", value));
  const select = $("what").cloneNode(true), n = { n: chosen.size };
  for (const one of [...select.options]) if (!one.value.startsWith(`${deed}:`)) one.remove();
  if (deed === "assign") return chooseFrom(t("Assign %(n)s", n), { options: select.options }, ({ value }) => plan(value));
  chooseFrom(t("Snooze %(n)s", n), select, ({ value, isFound }) => plan(isFound ? `snooze:${value}` : value), times);
}

/* What is meant by a time that is typed. */
export const times = (when) => read(`/desk/snooze?${new URLSearchParams({ when })}`);

async function plan(what, tag = "") {
  const asked = new URLSearchParams({ what, tag, place: $("rows").dataset.place });
  for (const id of chosen) asked.append("row", id);
  const answer = await told(`/desk/bulk?${asked}`);
  if (!answer) return;
  card.ariaLabel = t("What it will do");
  card.replaceChildren(parsed(answer).getElementById("plan"));
  card.showModal();
  ($("do-it") ?? $("not-now")).focus();
  $("not-now").onclick = (event) => { event.preventDefault(); card.close(); };
  $("planned").onsubmit = async (event) => {
    event.preventDefault();
    card.close();
    done(await told("/desk/bulk", new URLSearchParams(new FormData(event.target))));
  };
}

async function done(told) {
  if (!told) return;
  const { bulk: id, said, left } = JSON.parse(told);
  forget();
  none();
  await update();
  say(left.length ? `${said}: ${left.join("; ")}` : said, id ? { deed: () => undo(id) } : null);
}

const undo = async (id) => done(await told(`/desk/bulk/${id}/undo`, new URLSearchParams()));

/* The answer's text; where it was refused the reason is said, and nothing comes back. */
async function told(path, body) {
  const answer = await ask(path, body && { method: "POST", body });
  if (answer?.ok && !answer.redirected) return answer.text();
  const refused = answer?.headers.get("content-type")?.includes("json") ? (await answer.json().catch(() => ({}))).said : "";
  say(refused || (answer ? untaken(answer.redirected) : t("No answer from the server.")));
  return null;
}

document.addEventListener("change", (event) => {
  const row = event.target.form === form && event.target.closest("#rows [data-id]");
  if (row) { set(row.dataset.id, event.target.checked); from = row.dataset.id; says(); }
});
form.onclick = ({ target }) => {
  const deed = target.closest("[data-bulk]")?.dataset.bulk;
  if (deed) bulk(deed);
  else if (target.id === "bulk-none") none();
};
