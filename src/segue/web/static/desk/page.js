/* What scripts need of the page. */

import { t } from "../texts.js";

export const $ = (id) => document.getElementById(id);
export const parsed = (html) => new DOMParser().parseFromString(html, "text/html");
/* Under `mine` this browser keeps an agent's words, which are shown to no other. */
export const { me, is } = document.body.dataset, mine = `segue ${me} `, headers = { "X-Part": "conversation", "X-Me": me };
/* A part of the page from the server; null where no answer came. */
export const ask = (path, more) => fetch(path, { headers, ...more }).catch(() => null);
/* What it tells; null where that is nothing, a sign-in form, or nothing that can be read. */
export async function told(path, more) {
  const answer = await ask(path, more);
  return answer?.ok && !answer.redirected ? answer.json().catch(() => null) : null;
}

/* Why something else came than what was asked for. */
export const untaken = (isOut) => isOut ? t("You are signed out. Sign in again in another tab.") : t("The server did not take it.");

export function made(kind, is, ...inside) {
  const one = Object.assign(document.createElement(kind), is);
  one.append(...inside);
  return one;
}
export const button = (words, onclick, is) => made("button", { type: "button", onclick, ...is }, words);
