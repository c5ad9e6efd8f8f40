/* The desk, live: the list keeps still under the pointer, the composer keeps its text, and hands on the composer hold
   the assistant. */
import { differs, follow, refresh } from "./live.js";

const $ = (id) => document.getElementById(id);
const open = location.pathname.split("/")[3] ?? document.querySelector("[data-hold]")?.dataset.hold.split("/")[3];
const address = location.pathname.includes("/conversations/")
  ? location.pathname.replace(/(conversations\/[^/]+).*/, "$1") + location.search.replace(/&?draft=\w+/, "")
  : location.href;
let timer, due = Infinity, busy = false;

function soon(wait) {
  const at = performance.now() + wait;
  if (at >= due) return;
  due = at;
  clearTimeout(timer);
  timer = setTimeout(update, wait);
}

async function update() {
  if (busy) return void (due = Infinity, soon(300));
  busy = true;
  due = Infinity;
  try { newer(await refresh(address, isCalm)); } catch { /* the stream says when we are offline */ }
  busy = false;
}

function isCalm(list, fresh) {
  if (!list.matches("[data-calm]") || !list.matches(":hover, :focus-within") || !differs(list, fresh)) return false;
  $("stale").hidden = false;
  return true;
}

function newer(page) {
  const mine = $("seen-seq"), theirs = page.getElementById("seen-seq");
  if (!mine || !theirs || mine.form.action !== new URL(theirs.form.getAttribute("action"), location).href) return;
  if (+theirs.value <= +mine.value) return;
  const read = () => { mine.value = theirs.value; $("newer").hidden = true; };
  if (!$("text").value.trim()) return read();
  $("newer").hidden = false;
  $("newer").querySelector("button").onclick = () => { read(); $("text").focus(); };
}

const calm = $("rows");
const settle = () => { if (!$("stale").hidden) { $("stale").hidden = true; soon(0); } };
calm?.addEventListener("pointerleave", settle);
calm?.addEventListener("focusout", settle);
$("stale")?.firstElementChild.addEventListener("click", settle);

const text = $("text"), hold = $("composer")?.dataset.hold;
let held = -Infinity;
function holdOn() {
  if (performance.now() - held < 20000) return;
  held = performance.now();
  fetch(hold, { method: "POST" }).catch(() => { held = -Infinity; });
}
text?.addEventListener("focus", holdOn);
text?.addEventListener("input", holdOn);
if (text && document.activeElement === text) holdOn();

$("use-draft")?.addEventListener("click", (event) => {
  event.preventDefault();
  text.value = [text.value.trim(), $("draft").content.textContent].filter(Boolean).join("\n\n");
  text.focus();
});

follow("/desk/events", (conversation) => soon(!conversation || conversation === open ? 100 : 1500),
  (isThere) => { $("offline").hidden = isThere; });
setInterval(() => document.hidden || soon(0), 60000);
