/* Files: a button, a key, pasting, dropping. Each goes to the server at once and lies there with the draft; what does not
   arrive says why, beside its name, and may be tried again. */

import { refresh } from "../live.js";
import { t } from "../texts.js";
import { say } from "./deeds.js";
import { $, ask, button, headers, made, untaken } from "./page.js";
import { address, here, isHere, renew, whenOpened } from "./stage.js";

const QUIET = { className: "quiet" };
const others = new BroadcastChannel("segue-files");
const kind = () => ($("as-note")?.checked ? "note" : "reply");
/* Not arrived yet, or not taken, of all conversations: {file, name, at, kind, path, said, sent, bar}. */
let coming = [];
/* The server leads back to the conversation; whoever is signed out is led elsewhere, which may be another's desk. */
const isOf = (id, address) => new URL(address).pathname.startsWith(`/desk/conversations/${id}`);
const ofHere = () => coming.filter((one) => one.at === here());

export function attach() {
  if (!$("file")) return say(t("Nothing can be written here"));
  $("file").click();
}

function bring(files) {
  if (!$("composer") || $("text").readOnly) return;
  $("file-flaw").hidden = true;
  const { here: there, largest, fits } = $("composer").dataset;
  for (const file of files) {
    const one = { file, name: file.name || "pasted.png", at: here(), kind: kind(), path: `${there}/attachments` };
    coming.push(one);
    if (file.size > +largest) failed(one, t("Larger than %(fits)s.", { fits }), true);
  }
  draw();
}

function go(one) {
  const form = new FormData(), line = new XMLHttpRequest();
  form.set("kind", one.kind);
  form.set("file", one.file, one.name);
  Object.assign(one, { said: "", line, sent: 0 });
  line.open("POST", one.path);
  for (const [name, value] of Object.entries(headers)) line.setRequestHeader(name, value);
  line.upload.onprogress = ({ loaded, total }) => (one.bar.value = one.sent = loaded / total);
  line.onerror = () => failed(one, t("No answer from the server."));
  line.onload = () => (line.status === 200 && isOf(one.at, line.responseURL) && line.responseText.includes('data-id="') ? arrived(one, line.responseText) : failed(one, reason(line), line.status === 413 || line.status === 422));
  line.send(form);
}

function reason({ status, responseText: told }) {
  try { const { detail, closed } = JSON.parse(told); return detail ?? closed ?? untaken(false); } catch { return untaken(status === 200); }
}

function arrived(one, html) {
  coming = coming.filter((other) => other !== one);
  if (one.at === here()) renew(html);
  draw();
  $("says").textContent = t("%(name)s is attached", one);
  others.postMessage(one.at);
}

function failed(one, said, isFinal = false) {
  Object.assign(one, { said, isFinal, line: null });
  draw();
  $("says").textContent = t("%(name)s was not attached. %(why)s", { ...one, why: said });
}

function give_up(one) {
  one.line?.abort();
  coming = coming.filter((other) => other !== one);
  draw();
  $("text").focus();
}

/* They go one after the other, as they were chosen. */
function draw() {
  const left = coming.filter((one) => !one.said);
  if (left[0] && !left.some((one) => one.line)) go(left[0]);
  $("coming")?.replaceChildren(...ofHere().map(shown));
}

function shown(one) {
  const again = () => { one.said = ""; draw(); };
  one.bar = made("progress", { max: 1, value: one.sent ?? 0, ariaLabel: t("%(name)s is on its way", one) });
  const off = { ariaLabel: one.said ? t("Take off %(name)s", one) : t("Stop %(name)s", one), ...QUIET };
  return made("li", {}, made("span", { className: "name" }, one.name), " ", one.said ? made("span", { className: "error" }, one.said) : one.bar, " ",
    one.said && !one.isFinal ? button(t("Try again"), again, QUIET) : "", button("×", () => give_up(one), off));
}

/* Nothing is sent before its files have arrived. */
document.addEventListener("submit", (event) => {
  if (event.target.id !== "composer") return;
  const [left] = ofHere().filter((one) => one.kind === kind());
  if (!left) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(left.said ? t("%(name)s was not attached. See why beside it", left) : t("%(name)s is still on its way. Send again in a moment", left));
}, true);

async function take_off(button) {
  const there = here(), next = button.closest("li").nextElementSibling?.querySelector("button") ?? $("text");
  button.disabled = true;
  const answer = await ask(button.dataset.takesOff, { method: "POST" });
  const html = await answer?.text().catch(() => "");  // the line broke
  const isTaken = answer?.ok && isOf(there, answer.url);
  if (!isTaken || !html.includes('data-id="')) {
    button.disabled = false;
    return say(answer?.ok ? untaken(!isTaken) : t("No answer from the server."));
  }
  renew(html);
  next.focus();
  others.postMessage(here());
}

document.addEventListener("click", (event) => {
  const off = event.target.closest("[data-takes-off]");
  if (event.target.closest("#attach")) attach();
  if (off) take_off(off);
});
document.addEventListener("change", (event) => {
  if (event.target.id !== "file") return;
  bring([...event.target.files]);
  event.target.value = "";
  $("text").focus();
});
/* A table copied from a sheet comes as text and as a picture: then the text is meant. */
document.addEventListener("paste", (event) => {
  const { files, types } = event.clipboardData ?? {};
  if (event.target.id !== "text" || !files?.length || types.includes("text/plain")) return;
  event.preventDefault();
  bring([...files]);
});
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) document.addEventListener(name, (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  const isOver = Boolean($("composer") && event.target.closest?.("#main")), isDropped = name === "drop";
  event.dataTransfer.dropEffect = isOver ? "copy" : "none";
  $("composer")?.classList.toggle("dropping", isOver && !isDropped && (name !== "dragleave" || event.relatedTarget));
  if (isOver && isDropped) bring([...event.dataTransfer.files]);
});
others.onmessage = ({ data: at }) => { if (at === here()) refresh(address(), undefined, isHere).catch(() => {}); };
addEventListener("beforeunload", (event) => { if (coming.some((one) => !one.said)) event.preventDefault(); });
whenOpened({ after: draw });
