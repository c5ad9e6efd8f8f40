/* Tags: one list of all there are. Those that are on it are taken off, the others put on; a new one is typed. */

import { t } from "../texts.js";
import { choose } from "./choosing.js";
import { submit } from "./deeds.js";

const $ = (id) => document.getElementById(id);
const on = () => [...document.querySelectorAll("#title .tags a")].map((tag) => tag.textContent);

export function tags(typed = "", flaw = "") {
  const form = $("tagging");
  if (!form) return;
  const mine = on(), known = [...form.querySelectorAll("option")].map((option) => option.value);
  const items = [...mine.map((tag) => ({ label: tag, hint: t("take it off"), value: tag, isOn: true })),
    ...known.filter((tag) => !mine.includes(tag)).map((tag) => ({ label: tag, value: tag }))];
  const free = (typed) => typed && !known.includes(typed.toLowerCase()) && !mine.includes(typed.toLowerCase()) &&
    { label: typed, hint: t("a new tag"), value: typed };
  choose(t("Tag"), items, change, t("A tag, or a new one"), { free, typed, flaw });
}

export async function change({ value, isOn }) {
  const form = $("tagging"), field = form.elements.tag;
  field.value = value;
  if (await submit(form, null, isOn ? "untag" : "tag", isOn ? t("Tag %(tag)s is off", { tag: value }) : t("Tagged %(tag)s", { tag: value }), { tag: value })) field.value = "";
  else if ($("refusal")) tags(value, $("refusal").textContent.trim());
}
