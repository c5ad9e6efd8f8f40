/* Tags: one list of all there are. Those that are on it are taken off, the others put on; a new one is typed. */

import { t } from "../texts.js";
import { choose } from "./choosing.js";
import { submit, tagsOn } from "./deeds.js";
import { $ } from "./page.js";

export function chooseTag(title, taken, mine = [], more = {}) {
  const known = [...document.querySelectorAll("#known-tags option")].map(({ value }) => value).filter((tag) => !mine.includes(tag));
  const items = [...mine.map((tag) => ({ label: tag, hint: t("take it off"), value: tag, isOn: true })), ...known.map((tag) => ({ label: tag, value: tag }))];
  const free = (typed) => typed && ![...known, ...mine].includes(typed.toLowerCase()) && { label: typed, hint: t("a new tag"), value: typed };
  choose(title, items, taken, t("A tag, or a new one"), { free, ...more });
}

export const tags = (more) => $("tagging") && chooseTag(t("Tag"), change, tagsOn(), more);

export async function change({ value, isOn }) {
  const form = $("tagging"), field = form.elements.tag;
  field.value = value;
  if (await submit(form, null, isOn ? "untag" : "tag", isOn ? t("Tag %(tag)s is off", { tag: value }) : t("Tagged %(tag)s", { tag: value }), { tag: value })) field.value = "";
  else if ($("refusal")) tags({ typed: value, flaw: $("refusal").textContent.trim() });
}
