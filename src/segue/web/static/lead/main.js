/* A lead's pages: the same keys, palette and help as on the desk. Everything here is a link or a form that works without
   this script; keys only press them. */

import { choose } from "../desk/choosing.js";
import { hint, listen, shown } from "../desk/keys.js";
import { t } from "../texts.js";

const $ = (id) => document.getElementById(id);
const registry = JSON.parse($("registry").content.textContent);

export function say(words) { $("says").textContent = words; }

function press(selector, words) {
  const found = document.querySelector(selector);
  if (found) found.click();
  else say(words);
}
function step(by) {
  const items = [...document.querySelectorAll("[data-item]")].filter((item) => item.offsetParent);
  const at = items.findIndex((item) => item === document.activeElement || item.contains(document.activeElement));
  const to = items[at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by];
  if (!to) return say(by > 0 ? t("This is the last one") : t("This is the first one"));
  to.focus();
  to.scrollIntoView({ block: "nearest" });
}

const does = {
  palette: () => palette(),
  help: () => $("help").showModal(),
  find: () => document.querySelector("[role=search] input")?.focus(),
  "item-next": () => step(1),
  "item-previous": () => step(-1),
  agree: () => press("[data-press=agree]", t("There is nothing to approve here")),
  reject: () => press("[data-press=reject]", t("There is nothing to reject here")),
  "judge-right": () => press("[data-press=judge-right]", t("There is nothing to judge here")),
  "judge-wrong": () => press("[data-press=judge-wrong]", t("There is nothing to judge here")),
  stop: () => { const menu = $("switch"); if (menu) { menu.open = true; menu.firstElementChild.focus(); $("switch-reason").focus(); } },
  try: () => press("[data-press=try]", t("There is nothing to try here")),
};
for (const entry of registry) {
  const view = /^view:(.+)$/.exec(entry.action)?.[1];
  if (view) does[entry.action] = () => location.assign(`/desk?view=${view}`);
  if (entry.action.startsWith("page:")) does[entry.action] = () => location.assign(entry.action.slice(5));
}
listen(registry, does);
hint(document, registry);

function palette() {
  const commands = registry.filter((entry) => entry.palette && does[entry.action]);
  choose(t("Commands"), commands.map((entry) => ({ label: entry.label, hint: entry.keys.map(shown).join(t(" or ")), value: entry.action })),
    (item) => does[item.value](), t("What do you want to do?"));
}

for (const button of document.querySelectorAll("header [data-does]")) button.addEventListener("click", () => does[button.dataset.does]());
/* On a phone each row of tabs scrolls; a page may have two. */
for (const tab of document.querySelectorAll(":is(.tabs, .of-record) [aria-current]")) tab.scrollIntoView({ block: "nearest" });
/* A menu is left with Escape or by looking elsewhere. */
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.activeElement?.closest?.("header details[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("header details[open]")) if (!menu.contains(event.target)) menu.open = false;
});
/* What is to be taken along: one press, and it is said. */
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = $(button.dataset.copies);
    field.select();
    try { await navigator.clipboard.writeText(field.value); }
    catch { if (!document.execCommand("copy")) return say(t("Not copied. It is selected: copy it by the keyboard.")); }
    say(t("Copied"));
    button.firstChild.data = t("Copied");
  });
}
