/* The desk, live: the list keeps still under the pointer, the composer keeps its text, and hands on the composer hold
   the assistant. */
import { differs, follow, refresh } from "./live.js";

const $ = (id) => document.getElementById(id);
const composer = $("composer"), text = $("text"), here = composer?.dataset.here;
/* Always the conversation whose composer stands here, even where the queue would open another one by now. */
const address = here ? `${here}?view=${composer.elements.view.value}` : location.href;
let timer, due = Infinity, isBusy = false, isBehind = false, isWanted = false, isLive = true;

function soon(wait) {
  const at = performance.now() + wait;
  if (at >= due) return;
  due = at;
  clearTimeout(timer);
  timer = setTimeout(update, wait);
}

async function update() {
  due = Infinity;
  if (isBusy) return soon(300);
  isBusy = true;
  try {
    isBehind = false;
    newer(await refresh(address, isCalm));
    $("stale").hidden = !isBehind;
    $("offline").hidden = isLive;
    if (isWanted) document.querySelector("#rows a")?.focus();
    isWanted = false;
  } catch (error) {
    $("offline").hidden = false;
    if (error.isOver && !text?.value.trim()) location.reload();
  }
  isBusy = false;
}

function isCalm(list, fresh) {
  if (isWanted || !list.closest(".listing:is(:hover, :focus-within)") || !differs(list, fresh)) return false;
  return (isBehind = true);
}

/* What the customer wrote counts as read while nothing is typed; else the agent says so, or is asked on sending. */
function newer(page) {
  const mine = $("seen-seq"), latest = page.getElementById("seen-seq")?.value;
  if (!mine || !(+latest > +mine.value)) return;
  const read = () => { mine.value = latest; $("newer").hidden = true; };
  if (!text.value.trim()) return read();
  $("newer").hidden = false;
  $("newer").querySelector("button").onclick = () => { read(); text.focus(); };
}

function settle() {
  if (!$("stale").hidden) soon(0);
}
$("listing").addEventListener("pointerleave", settle);
$("listing").addEventListener("focusout", settle);
$("stale").addEventListener("click", () => { isWanted = true; settle(); });

let held = -Infinity;
function hold() {
  if (performance.now() - held < 20000) return;
  held = performance.now();
  fetch(`${here}/hold`, { method: "POST" }).catch(() => { held = -Infinity; });
}

if (composer) {
  text.value ||= sessionStorage.getItem(here) ?? "";
  text.addEventListener("focus", hold);
  text.addEventListener("input", () => { hold(); sessionStorage.setItem(here, text.value); });
  composer.addEventListener("submit", () => sessionStorage.removeItem(here));
  if (document.activeElement === text) hold();
}
document.addEventListener("click", (event) => {
  if (event.target.id !== "use-draft") return;
  event.preventDefault();
  text.value = [text.value.trim(), $("draft").content.textContent].filter(Boolean).join("\n\n");
  text.focus();
});

follow("/desk/events", (changed) => soon(!changed || here?.endsWith(changed) ? 100 : 1500),
  (isThere) => { isLive = isThere; $("offline").hidden = isThere; });
setInterval(() => document.hidden || soon(0), 60000);
