/* The article beside its questions, live: each is asked again of the real search after a breath. */

import { t } from "../texts.js";
import { isTouched } from "./touched.js";

const $ = (id) => document.getElementById(id);
const form = $("article"), BREATH = 600;
let timer, asked, isDirty = isTouched(form), isSending = false;

async function look() {
  asked?.abort();
  const mine = (asked = new AbortController());
  $("live-state").textContent = t("Asking…");
  try {
    const answer = await fetch("/knowledge/live", { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Part": "live" }, signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById("live");
    if (!fresh) throw new Error(answer.status);
    $("live").replaceWith(document.adoptNode(fresh));
    settle([...$("flaws").content.children].map((flaw) => flaw.dataset.of));
    $("live-state").textContent = $("score") ? t("Answers %(score)s as it is written now", { score: $("score").textContent }) : "";
  } catch (error) {
    if (error.name !== "AbortError") $("live-state").textContent = t("Not asked: no answer, or you are signed out. What you typed is kept.");
  }
}
/* What was wrong stays said until it is right, and no longer. */
function settle(wrong) {
  for (const said of form.querySelectorAll(".error[id^=wrong-]")) {
    if (wrong.includes(said.id.slice(6))) continue;
    const field = form.querySelector(`[aria-describedby=${said.id}]`);
    for (const mark of ["aria-invalid", "aria-describedby"]) field.removeAttribute(mark);
    said.remove();
  }
  if (!form.querySelector(".error")) $("refused")?.remove();
}
form.addEventListener("input", (event) => {
  isDirty = true;
  if (event.target.name === "note") return;
  clearTimeout(timer);
  timer = setTimeout(look, BREATH);
});
form.addEventListener("submit", () => (isSending = true));
if (isDirty) look();
addEventListener("beforeunload", (event) => { if (isDirty && !isSending) event.preventDefault(); });
