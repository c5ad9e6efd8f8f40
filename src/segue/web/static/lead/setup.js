/* Setting up: a file goes in parts, so that a broken line goes on where it was; what takes its time is looked at again
   by itself. Without this script the form sends small files whole. */

import { t } from "../texts.js";

const PART = 1_000_000, TRIES = 5, $ = (id) => document.getElementById(id);
const bring = document.querySelector(".bring");

bring?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = $("file").files[0];
  if (!file) return refuse(t("Choose a file first."));
  refuse("");
  bring.querySelector("button").disabled = true;
  try {
    const begun = await send(`/setup/files?kind=${bring.dataset.kind}&name=${encodeURIComponent(file.name)}`, "");
    const { id } = await begun.json();
    for (let n = 0, at = 0; at < file.size || n === 0; n++, at += PART) {
      $("bring-state").textContent = t("Sending, %(n)s %%", { n: Math.round((at / Math.max(file.size, 1)) * 100) });
      await send(`/setup/files/${id}/parts?n=${n}`, file.slice(at, at + PART));
    }
    $("bring-state").textContent = t("Reading…");
    const read = await fetch(`/setup/files/${id}/read`, { method: "POST" });
    if (!read.ok) throw new Error(t("It could not be read."));
    location.assign(read.url);
  } catch (error) {
    refuse(error.message || t("It was not sent: no connection. Send it again."));
    $("bring-state").textContent = "";
    bring.querySelector("button").disabled = false;
  }
});

function refuse(words) {
  $("file-error").textContent = words;
  $("file-error").hidden = !words;
  words ? $("file").setAttribute("aria-invalid", "true") : $("file").removeAttribute("aria-invalid");
}

async function send(path, body) {
  for (let n = 1; ; n++) {
    let answer;
    try {
      answer = await fetch(path, { method: "POST", body, headers: { "Content-Type": "application/octet-stream" } });
    } catch (error) {
      if (n === TRIES) throw new Error(t("It was not sent: no connection. Send it again."));
    }
    if (answer?.ok) return answer;
    if (answer && answer.status < 500) throw new Error((await answer.json().catch(() => ({}))).detail ?? t("It could not be read."));
    await new Promise((then) => setTimeout(then, 400 * 2 ** n));
  }
}

async function again(id, path, isOver) {
  if (document.hidden) return;
  try {
    const answer = await fetch(path), fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
    if (!fresh) return;
    if (isOver?.(fresh)) return location.reload();
    if (!$(id).isEqualNode(fresh)) $(id).replaceWith(document.adoptNode(fresh));
  } catch { /* the next look is in a moment */ }
}
const isMoving = (there) => ["wanted", "running"].includes(there.dataset.state);
if ($("progress") && isMoving($("progress")))
  setInterval(() => again("progress", `/setup/files/${$("progress").dataset.id}/progress`, (fresh) => !isMoving(fresh)), 1000);
if ($("seen")) setInterval(() => again("seen", "/setup/seen"), 2000);
for (const place of document.querySelectorAll("[data-home]")) place.textContent = location.origin;
