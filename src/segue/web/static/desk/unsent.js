/* What did not reach the server stays at the end of the thread, through reload and crash, as it was posted, name and all:
   trying again never sends it twice, even where only the answer was lost. */

import { t } from "../texts.js";
import * as composer from "./composer.js";
import { $, button, made, mine } from "./page.js";
import { here, whenOpened } from "./stage.js";

const key = () => `${mine}${here()} unsent`;
const all = () => JSON.parse(localStorage.getItem(key()) ?? "[]");
let again = async () => "";

/* `deed(path, body)` posts it; returns why it was not taken. */
export const whenTriedAgain = (deed) => (again = deed);

export function keep(path, body, why) {
  put([...all(), { path, body: String(body), why, what: composer.carries()?.what ?? "" }]);
  composer.startAnew();
}

function put(items) {
  if (items.length) localStorage.setItem(key(), JSON.stringify(items));
  else localStorage.removeItem(key());
  draw();
}

const idOf = (item) => new URLSearchParams(item.body).get("client_id");
const others = (item) => all().filter((other) => idOf(other) !== idOf(item));

async function retry(item, button) {
  button.disabled = true;
  const body = new URLSearchParams(item.body);
  body.set("seen_seq", $("seen-seq")?.value ?? body.get("seen_seq"));  // what stands above it has been seen
  const why = await again(item.path, body);
  put(why ? all().map((other) => (idOf(other) === idOf(item) ? { ...other, why } : other)) : others(item));
  (why ? $("unsent").querySelector("button") : $("text"))?.focus();
}

function edit(item) {
  const body = new URLSearchParams(item.body);
  put(others(item));
  composer.takeBack(item.path.endsWith("/note") ? "note" : "reply", body.get("text"), body.get("macro"), item.what);
}

function draw() {
  const list = $("unsent");
  if (!list) return;
  list.replaceChildren(...all().map(shown));
  list.hidden = !list.children.length;
}

function shown(item) {
  const part = (kind, className, ...inside) => made(kind, { className }, ...inside);
  return part("li", "said agent mine refused", part("p", "by", t("not sent")), part("div", "text typed", new URLSearchParams(item.body).get("text")),
    part("div", "fate", part("span", "", t("Not sent. %(why)s", { why: item.why })), button(t("Try again"), (event) => retry(item, event.target)), button(t("Edit"), () => edit(item))));
}

whenOpened({ after: draw });
addEventListener("storage", (event) => event.key === key() && draw());
draw();
