/* The preview, live: what one types is tried on after a breath. Nothing that was typed is ever replaced. */

import { isTouched } from "./touched.js";

const $ = (id) => document.getElementById(id), form = $("look"), BREATH = 300;
let timer, asked;

async function look() {
  asked?.abort();
  const mine = (asked = new AbortController());
  try {
    const answer = await fetch("/settings/widget/try", { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "X-Part": "shown" }, signal: mine.signal });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("shown");
    if (!fresh) return;
    for (const line of fresh.querySelectorAll("[data-for]")) {
      const isWrong = line.className === "error", place = document.querySelector(`[data-told=${line.dataset.for}]`);
      place.textContent = line.textContent;
      place.className = isWrong ? "error" : "finding";
      isWrong ? $(line.dataset.for).setAttribute("aria-invalid", "true") : $(line.dataset.for).removeAttribute("aria-invalid");
      line.remove();
    }
    /* Only what changed: a frame that loads again flickers. */
    const old = [...document.querySelectorAll("#shown iframe")];
    for (const [n, frame] of [...fresh.querySelectorAll("iframe")].entries())
      if (old[n].getAttribute("src") !== frame.getAttribute("src")) old[n].setAttribute("src", frame.getAttribute("src"));
  } catch { /* the button beside it does the same */ }
}

form.addEventListener("input", (event) => {
  const picks = event.target.dataset.picks;
  if (picks) $(picks).value = event.target.value;
  clearTimeout(timer);
  timer = setTimeout(look, BREATH);
});
for (const picker of form.querySelectorAll("[data-picks]")) {
  picker.hidden = false;
  $(picker.dataset.picks).addEventListener("change", ({ target }) => { if (/^#[0-9a-f]{6}$/i.test(target.value)) picker.value = target.value; });
}
if (isTouched(form)) look();
$("try").hidden = true;
