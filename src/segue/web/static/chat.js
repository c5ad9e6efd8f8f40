/* The customer's chat, live: messages are sent without leaving the page, and what comes back is shown as it comes. */
import { follow, refresh, released, swap } from "./live.js";

const $ = (id) => document.getElementById(id);
const form = $("composer"), text = $("text");
const going = new Set();
let timer, asked = 0;

/* To the end, or to where the newest message begins when it is longer than the window. */
function toEnd() {
  const newest = $("thread").lastElementChild;
  if (newest.offsetHeight + form.offsetHeight + 120 > innerHeight) newest.scrollIntoView();
  else scrollTo(0, document.body.scrollHeight);
}
const update = async () => {
  const mine = ++asked, before = $("thread").children.length;
  try { await refresh("/chat/thread", undefined, () => mine === asked); } catch (error) {
    if (error.isOver && !text.value.trim()) location.reload();
    return;
  }
  if ($("thread").children.length > before) toEnd();
};

const later = () => { clearTimeout(timer); timer = setTimeout(update, 100); };

document.addEventListener("submit", async (event) => {
  if (!event.target.action.endsWith("/chat/messages")) return;
  event.preventDefault();
  if (going.has(event.target)) return;  // it would go under the name of the one before
  going.add(event.target);
  const said = text.value, buttons = event.target.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    const answer = await fetch("/chat/messages", { method: "POST", body: new FormData(event.target, event.submitter) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("composer")) throw new Error(answer.status);
    await released();
    swap(page);
    taken(event.target, page, said);
  } catch {
    $("unsent").hidden = false;
  }
  buttons.forEach((button) => (button.disabled = false));
  going.delete(event.target);
  later();  // what came meanwhile may be newer than that page
});

/* A fresh client_id for the next message; what was said goes only when the server has it, and its error stands beside it.
   What was typed since stays. */
function taken(sent, page, said) {
  $("unsent").hidden = true;
  form.client_id.value = page.querySelector("#composer [name=client_id]").value;
  const wrong = page.querySelector("#composer .error:not(#unsent)"), ofText = wrong?.id === "text-error" ? wrong : null;
  $("text-error")?.remove();
  if (sent === form) $("files").replaceWith(page.getElementById("files"));  // what arrived stands there, ticked
  text.toggleAttribute("aria-invalid", Boolean(ofText));
  if (ofText) text.after(ofText);
  else if (!wrong && sent === form) text.value = text.value.startsWith(said) ? text.value.slice(said.length).trimStart() : text.value;
  text.focus({ preventScroll: true });
  toEnd();
}

follow("/chat/events", later, () => {});
toEnd();
