/* The pane beside the policy, live: what one types is tried on the past after a breath, and what is wrong with it is
   said beside its field. Nothing that was typed is ever replaced. */

import { t } from "../texts.js";
import { isTouched } from "./touched.js";

const $ = (id) => document.getElementById(id);
const form = $("policy"), BREATH = 350;
let timer, asked, isDirty = isTouched(form), isSending = false;

async function look() {
  asked?.abort();
  const mine = (asked = new AbortController());
  $("pane").setAttribute("aria-busy", "true");
  $("pane-state").textContent = t("Trying…");
  try {
    const answer = await fetch("/policy/pane", { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Part": "pane" }, signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById("pane");
    if (!fresh) throw new Error(answer.status);
    $("pane").replaceWith(document.adoptNode(fresh));
    beside($("beside"));
    $("pane-state").textContent = $("pane-says")?.textContent ?? "";
  } catch (error) {
    if (error.name === "AbortError") return;
    $("pane").setAttribute("aria-busy", "false");
    $("pane-state").textContent = t("Not tried: no answer, or you are signed out. What you typed is kept.");
  }
}

function beside(told) {
  const all = told ? [...told.content.children] : [];
  for (const place of document.querySelectorAll("[data-told]")) {
    const own = all.filter((line) => line.dataset.for === place.dataset.told);
    place.replaceChildren(...own);
    const input = $(place.dataset.told);
    if (own.some((line) => line.className === "error")) input?.setAttribute("aria-invalid", "true");
    else input?.removeAttribute("aria-invalid");
  }
}

form.addEventListener("input", (event) => {
  if (event.target.name === "note" || event.target.name.startsWith("add_")) return;
  isDirty = event.target.name !== "days" || isDirty;
  clearTimeout(timer);
  timer = setTimeout(look, BREATH);
});
form.addEventListener("submit", ({ submitter }) => (isSending = submitter?.formTarget !== "_blank"));
if (isDirty) look();
addEventListener("beforeunload", (event) => { if (isDirty && !isSending) event.preventDefault(); });
