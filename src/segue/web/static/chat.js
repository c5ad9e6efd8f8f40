/* The customer's chat, live: messages are sent without leaving the page, and what comes back is shown as it comes. */
import { follow, refresh, swap } from "./live.js";

const $ = (id) => document.getElementById(id);
const form = $("composer"), text = $("text");
let timer;

/* To the end, or to where the newest message begins when it is longer than the window. */
function toEnd() {
  const newest = $("thread").lastElementChild;
  if (newest.offsetHeight + form.offsetHeight + 120 > innerHeight) newest.scrollIntoView();
  else scrollTo(0, document.body.scrollHeight);
}
const update = async () => {
  const before = $("thread").children.length;
  try { await refresh("/chat/thread"); } catch (error) {
    if (error.isOver && !text.value.trim()) location.reload();
    return;
  }
  if ($("thread").children.length > before) toEnd();
};

document.addEventListener("submit", async (event) => {
  if (!event.target.action.endsWith("/chat/messages")) return;
  event.preventDefault();
  const buttons = event.target.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    const answer = await fetch("/chat/messages", { method: "POST", body: new FormData(event.target, event.submitter) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("composer")) throw new Error(answer.status);
    swap(page);
    taken(event.target, page);
  } catch {
    $("unsent").hidden = false;
  }
  buttons.forEach((button) => (button.disabled = false));
});

/* A fresh client_id for the next message; the text goes only when the server has it, and its error stands beside it. */
function taken(sent, page) {
  $("unsent").hidden = true;
  form.client_id.value = page.querySelector("#composer [name=client_id]").value;
  $("error")?.remove();
  if (sent === form) $("files").replaceWith(page.getElementById("files"));  // what arrived stands there, ticked
  const error = page.getElementById("error"), ofText = error && !$("error") ? error : null;
  text.toggleAttribute("aria-invalid", Boolean(ofText));
  if (ofText) text.after(ofText);
  else if (!error && sent === form) text.value = "";
  text.focus({ preventScroll: true });
  toEnd();
}

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && (text.value.trim() || $("file").files.length)) {
    event.preventDefault();
    form.requestSubmit();
  }
});

$("hint").hidden = false;
follow("/chat/events", () => { clearTimeout(timer); timer = setTimeout(update, 100); }, () => {});
toEnd();
