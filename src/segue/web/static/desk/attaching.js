/* Files: a button, a key, pasting, dropping. Each goes to the server as soon as it is chosen and lies there with the
   draft; what does not arrive says why, beside its name, and may be tried again. */

import { refresh } from "../live.js";
import { t } from "../texts.js";
import { say } from "./deeds.js";
import { address, here, renew, whenOpened } from "./stage.js";

const $ = (id) => document.getElementById(id);
const others = new BroadcastChannel("segue-files");
const kind = () => ($("as-note")?.checked ? "note" : "reply");
/* Not arrived yet, or not taken, of all conversations: {file, at, kind, path, said, sent}. */
let coming = [];
const ofHere = () => coming.filter((one) => one.at === here());

export function attach() {
  if (!$("file")) return say(t("Nothing can be written here"));
  $("file").click();
}

function bring(files) {
  if (!$("composer") || $("text").readOnly) return;
  $("file-flaw").hidden = true;
  for (const file of files) {
    const one = { file, at: here(), kind: kind(), path: `${$("composer").dataset.here}/attachments`, sent: 0 };
    coming.push(one);
    const { largest, fits } = $("composer").dataset;
    if (file.size > +largest) failed(one, t("Larger than %(fits)s.", { fits }), true);
  }
  next();
  draw();
}

/* One after the other, in the order in which they were chosen. */
function next() {
  if (!coming.some((one) => one.line && !one.said)) coming.filter((one) => !one.line && !one.said).slice(0, 1).forEach(go);
}

function go(one) {
  const form = new FormData(), line = new XMLHttpRequest();
  form.set("kind", one.kind);
  form.set("file", one.file, one.file.name || "pasted.png");
  Object.assign(one, { said: "", line, sent: 0 });
  line.open("POST", one.path);
  line.setRequestHeader("X-Part", "conversation");
  line.upload.onprogress = ({ loaded, total }) => { one.sent = loaded / total; progress(one); };
  line.onerror = () => failed(one, t("No answer from the server."));
  line.onload = () => (line.status === 200 && line.responseText.includes('data-id="') ? arrived(one, line.responseText) : failed(one, reason(line), line.status === 413 || line.status === 422));
  line.send(form);
}

function reason(line) {
  if (!line.getResponseHeader("content-type")?.includes("json")) return line.status === 200 ? t("You are signed out. Sign in again in another tab.") : t("The server did not take it.");
  try { return JSON.parse(line.responseText).detail; } catch { return t("The server did not take it."); }
}

function arrived(one, html) {
  coming = coming.filter((other) => other !== one);
  if (one.at === here()) renew(html);
  next();
  draw();
  $("says").textContent = t("%(name)s is attached", { name: one.file.name });
  others.postMessage(one.at);
}

function failed(one, said, isFinal = false) {
  Object.assign(one, { said, isFinal, line: null });
  next();
  draw();
  $("says").textContent = t("%(name)s was not attached. %(why)s", { name: one.file.name, why: said });
}

function give_up(one) {
  one.line?.abort();
  coming = coming.filter((other) => other !== one);
  next();
  draw();
  $("text").focus();
}

function draw() {
  const list = $("coming");
  if (list) list.replaceChildren(...ofHere().map(shown));
}

function shown(one) {
  const item = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress");
  [name.className, name.textContent] = ["name", one.file.name || "pasted.png"];
  item.one = one;
  if (!one.said) {
    bar.max = 1;
    bar.value = one.sent;
    bar.setAttribute("aria-label", t("%(name)s is on its way", { name: name.textContent }));
    item.append(name, " ", bar, " ", button("×", t("Stop %(name)s", { name: name.textContent }), () => give_up(one)));
    return item;
  }
  const why = document.createElement("span");
  [why.className, why.textContent] = ["error", one.said];
  item.append(name, " ", why, " ", ...(one.isFinal ? [] : [button(t("Try again"), "", () => { one.said = ""; next(); draw(); })]), button("×", t("Take off %(name)s", { name: name.textContent }), () => give_up(one)));
  return item;
}

function progress(one) {
  for (const item of $("coming")?.children ?? []) if (item.one === one && item.querySelector("progress")) item.querySelector("progress").value = one.sent;
}

function button(words, label, does) {
  const made = document.createElement("button");
  [made.type, made.className, made.textContent] = ["button", "quiet", words];
  if (label) made.setAttribute("aria-label", label);
  made.onclick = does;
  return made;
}

/* Nothing is sent before its files have arrived. */
document.addEventListener("submit", (event) => {
  if (event.target.id !== "composer") return;
  const [left] = ofHere().filter((one) => one.kind === kind());
  if (!left) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say(left.said ? t("%(name)s was not attached. Try it again or take it off", { name: left.file.name }) : t("%(name)s is still on its way. Send again in a moment", { name: left.file.name }));
}, true);

async function take_off(button) {
  const next = button.closest("li").nextElementSibling?.querySelector("button") ?? $("text");
  button.disabled = true;
  const answer = await fetch(button.dataset.takesOff, { method: "POST", headers: { "X-Part": "conversation" } }).catch(() => null);
  const html = await answer?.text();
  if (!answer?.ok || !html.includes('data-id="')) { button.disabled = false; return say(t("Not taken off: no answer from the server")); }
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
  $("composer")?.classList.toggle("dropping", isOver && !isDropped && (name !== "dragleave" || Boolean(event.relatedTarget)));
  if (isOver && isDropped) bring([...event.dataTransfer.files]);
});
others.onmessage = ({ data: at }) => { if (at === here()) refresh(address(), () => false, (page) => page.getElementById("main").dataset.id === here()).catch(() => {}); };
addEventListener("beforeunload", (event) => { if (coming.some((one) => !one.said)) event.preventDefault(); });
whenOpened({ after: draw });
