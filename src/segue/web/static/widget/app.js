/* The widget's frame: home and talk in one page, a composer under both. What stands here is drawn by the server; this
   only asks for it, sends what is typed, and keeps both true to each other. */
import { t } from "../texts.js";
import { Files } from "./files.js";
import { isFramed, on, tell } from "./host.js";
import { forget, fresh, Keep, onOtherTab, remember, secret } from "./keep.js";
import { Net } from "./net.js";
import { Queue } from "./queue.js";
import { mark, pending, swap } from "./thread.js";

const $ = (id) => document.getElementById(id);
const words = document.body.dataset, text = $("text"), scroller = $("scroll");
const net = new Net();
let keep, queue, files, page = {}, name = "", stop, timer, isShown = !isFramed, isGone = false, isForm = false, isHeld = false, isLapsed = false, hasPhone = matchMedia("(pointer: coarse)"), isStill = matchMedia("(prefers-reduced-motion)");
/* The conversation that is open: its id, "new-…" before it has one, null at home. */
let now = null;
/* A form in the page's own place asks, besides, what it is about and where a guest can be reached. */
const FIELDS = [$("about"), $("reach")];
const asksAll = () => isForm && now === null;

/* who is there */

/* Until it is known who writes, nothing can be typed, for it would be put away under a name that is not theirs. `brought`:
   what they had typed as somebody else. The same customer with a newer word on it goes on where they were. */
function become(told, brought = "") {
  const identity = told?.user_hash ? `hash_${told.user_hash}_${encodeURIComponent(told.user_id ?? told.email)}` : told;
  const who = identity ? "who-" + subject(identity) : "visitor";
  isLapsed = false;
  $("refused").hidden = true;
  if (identity && keep?.prefix === `segue.${who}.`) return goOn(identity);
  stop?.();
  queue?.stop();
  isHeld = false;
  if (identity) forget("who-", who + ".");
  keep = new Keep(who);
  net.key = identity || secret();
  queue = new Queue(net, keep, { onChange: draw, onSent: sent, onLine: line });
  files?.stop();
  files = new Files(net, keep, { list: $("files"), caps: { largest: +words.largest, fits: words.fits, most: +words.most }, onChange: typed });
  now = keep.get("now");
  text.value = [keep.get("draft"), brought].filter(Boolean).join("\n\n");
  for (const one of FIELDS) one.value = keep.get(one.id) ?? "";
  $("reaches").hidden = !isGuest();
  for (const one of [text, $("person"), $("attach")]) one.disabled = false;
  grow();
  clear();
  show();
  queue.flush();
}
function goOn(identity) {
  net.key = identity;
  draw();
  listen();
  load();
  files.again();
  queue.flush();
}
function subject(identity) {
  if (identity.startsWith("hash_")) return decodeURIComponent(identity.slice(70));
  try { return JSON.parse(atob(identity.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub; } catch { return "nobody"; }
}

/* An identity that does not hold opens nothing: whoever is here goes on as a guest, and is told so. One that ran out
   while somebody was at it takes nothing away: what they write waits for a new one, or goes with them as a guest. The
   page around us hears of each once, so that it does not bring the same one for ever. */
let refusedLast;
function refused(error) {
  if (refusedLast !== net.key) tell("refused", { code: error.code, detail: error.message });
  refusedLast = net.key;
  line(true);
  if (error.code === "identity_expired" && (isHeld || queue.items.length)) return lapse();
  become(null);
  $("refused").textContent = `${error.code === "identity_expired" ? t("Your sign-in here has expired.") : t("We could not confirm who you are.")} ${t("You can write as a guest, or reload the page and sign in again.")}`;
  $("refused").hidden = false;
}
function lapse() {
  stop?.();
  isLapsed = true;
  $("considering")?.remove();
  draw();
  const says = queue.items.length
    ? t("Your sign-in here has run out. We'll send this as soon as the page has signed you in again.")
    : t("Your sign-in here has run out. What you write is kept, and sent as soon as the page has signed you in again.");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: t("Go on as a guest"), onclick: asGuest });
  if ($("refused").hidden || !$("refused").textContent.startsWith(says)) $("refused").replaceChildren(says, " ", button);
  $("refused").hidden = false;
}
/* What has not been sent goes into the composer, for it is to be read once more before it goes without a name. */
function asGuest() {
  const items = queue.empty().filter((item) => item.solved === undefined), form = items.find((item) => item.form)?.form;
  const hadFiles = files.any || items.some((item) => item.files), said = [...items.map((item) => item.text), text.value];
  for (const name of ["draft", "files", "about"]) keep.set(name, null);
  become(null, said.filter(Boolean).join("\n\n"));
  if (form) keep.set("about", $("about").value = form.about);
  typed();
  $("error").textContent = hadFiles ? t("Attach your files once more: they stay with your sign-in.") : "";
  $("error").hidden = !hadFiles;
  focus();
}
const isGuest = () => keep?.prefix === "segue.visitor.";

function clear() {
  for (const list of document.querySelectorAll("[data-live]")) list.replaceChildren();
}

/* what is shown */

async function show(isNew) {
  const isHome = now === null;
  $("home").hidden = !isHome;
  $("talk").hidden = isHome;
  $("back").hidden = isHome;
  $("download").hidden = isHome || now.startsWith("new-");
  $("fields").hidden = !asksAll();
  document.body.classList.toggle("form", asksAll());
  $("asks").textContent = asksAll() ? t("What is it about?") : isHome ? t("Your question") : t("Your message");
  text.placeholder = asksAll() ? "" : isHome ? t("Ask a question") : t("Write a message");
  if (isHome) title(words.called);
  keep.set("now", now);
  tell("live", { isLive: now !== null });
  draw();
  listen();
  await load(isNew);
}
function title(words) { $("title").textContent = words; document.title = words; }

let asked = 0;
async function load(isNew) {
  const mine = ++asked, at = now;
  try {
    if (at === null) await home(mine);
    else if (!at.startsWith("new-")) await talk(at, mine, isNew);
    if (mine === asked && !at?.startsWith("new-")) isHeld = true;
    line(true);
  } catch (error) {
    if (mine !== asked || isGone || error.isRefusal) return;
    if (error.status === 404 && at !== null) { now = null; clear(); show(); }
    else { line(false); clearTimeout(timer); timer = setTimeout(() => load(isNew), 4000); }
  }
}
async function home(mine) {
  const query = new URLSearchParams({ url: page.url ?? "", title: page.title ?? "", name });
  const fresh = await net.page("/widget/home?" + query);
  if (mine !== asked || isGone) return;
  $("home").replaceChildren(...fresh.body.children);
  for (const row of $("home").querySelectorAll("[data-opens]")) {
    row.onclick = () => { now = row.dataset.opens; clear(); show(); focus(); };
    const seen = keep.get("seen")?.[row.dataset.opens] ?? Infinity;
    row.querySelector(".new").hidden = row.dataset.from === "customer" || row.dataset.seq <= seen;
  }
  wait();
}
async function talk(id, mine, isNew) {
  const fresh = await net.page("/widget/conversations/" + encodeURIComponent(id));
  if (mine !== asked || isGone || now !== id) return;
  const facts = fresh.getElementById("talk-in").dataset, before = $("thread").lastElementChild?.id, wasAtEnd = isAtEnd(), hadReceipt = $("passed-on");
  swap(fresh);
  $("log").dataset.number = facts.number;
  $("log").setAttribute("aria-label", t("Conversation %(number)s", { number: facts.number }));
  title(facts.subject);
  $("talk").dataset.withPeople = facts.withPeople;
  draw();
  wait(fresh);
  if ($("thread").lastElementChild?.id !== before && (wasAtEnd || isNew || !before) || wasAtEnd && !hadReceipt && $("passed-on")) toEnd();
  count(id, Number(facts.seq));
}
function wait(from = document) {
  const says = from.getElementById("wait-says");
  if (says) $("wait").textContent = says.textContent;
}

/* News while nobody looks is counted, and told to the page around us. */
function count(id, seq) {
  const seen = keep.get("seen") ?? {}, last = seen[id] ?? 0;
  if (isShown && !document.hidden) {
    keep.set("seen", { ...seen, [id]: seq });
    tell("unread", { count: 0 });
  } else {
    const fresh = [...$("thread").children].filter((one) => !one.matches(".mine") && Number(one.id.slice(1)) > last);
    tell("unread", { count: fresh.length });
  }
}

/* Messages on their way stand at the end of the thread; dots while the assistant has something to read. */
function draw() {
  waiting();
  if (now === null) return called();
  const items = queue.items.filter((item) => item.thread === now);
  for (const stale of $("thread").querySelectorAll(".pending"))
    if (!items.some((item) => item.id === stale.dataset.client) && now.startsWith("new-")) stale.remove();
  for (const item of items) {
    if ($("thread").querySelector(`[data-client="${CSS.escape(item.id)}"]:not(.pending)`)) continue;
    const bubble = pending(item, $("thread"));
    if (!item.failed) mark(bubble, "going", onItsWay());
    else mark(bubble, "failed", t("Not sent. %(why)s", { why: item.failed }), [[t("Try again"), () => queue.again(item.id)], [t("Edit"), () => edit(item)]]);
  }
  if (items.some((item) => !item.failed) && !isOffline && !isLapsed && !$("talk").dataset.withPeople && !$("considering")) dots();
  called();
}
/* How it stands with what was said and has not arrived. */
const onItsWay = () => isLapsed ? t("Waits for your sign-in") : isOffline ? t("Waits for the network") : t("Sending");
/* What begins a conversation and has not arrived stands at home, so that whoever went back finds it. */
function waiting() {
  const first = new Map(queue.items.filter((item) => item.thread.startsWith("new-")).reverse().map((item) => [item.thread, item]));
  $("waiting").hidden = now !== null || !first.size;
  $("waiting").replaceChildren(...[...first].map(([thread, item]) => {
    const row = document.createElement("li"), button = Object.assign(document.createElement("button"), { type: "button", className: "plain row" });
    button.append(Object.assign(document.createElement("span"), { className: "subject", dir: "auto", textContent: item.form?.about || item.text.slice(0, 90) }),
      Object.assign(document.createElement("span"), { className: "small muted", textContent: item.failed ? t("Not sent. %(why)s", { why: item.failed }) : onItsWay() }));
    button.onclick = () => { now = thread; clear(); show(); focus(); };
    row.append(button);
    return row;
  }));
}
/* Who has asked for a person once need not ask again: the button says how it stands. While it is under way pressing it does
   nothing; where people have it, it leads to where that is said. */
function called() {
  const last = now !== null && [...$("thread").querySelectorAll(".mine")].pop();
  const isOnItsWay = last && ($("considering") || last.matches(".pending:not(:has(.failed))"));
  const isAsked = isOnItsWay && last.querySelector(".text")?.textContent.trim().endsWith(words.wish);
  $("person").textContent = isAsked ? t("Asking for a person…") : now !== null && $("talk").dataset.withPeople ? t("A person is asked") : words.person;
  $("person").ariaDisabled = isAsked || null;
}
function dots() {
  const says = Object.assign(document.createElement("p"), { id: "considering", className: "dots" });
  says.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: t("The AI assistant is reading your message") }),
    ...Array.from({ length: 3 }, () => document.createElement("i")));
  $("state").replaceChildren(says);
}
function edit(item) {
  $("p-" + item.id)?.remove();
  queue.remove(item.id);
  files.back(item.files);
  if (item.form) {
    for (const one of FIELDS) keep.set(one.id, one.value = item.form[one.id]);
    now = null;
    show();
  }
  text.value = [item.text, text.value].filter(Boolean).join("\n\n");
  typed();
  text.focus();
}

/* what is heard */

let isOffline = false;
function line(isThere) {
  const news = isThere === isOffline;
  isOffline = !isThere;
  $("offline").hidden = isThere;  // first: a browser may not know the zone
  const at = `${new Date().toLocaleTimeString("sv", { timeZone: words.zone }).slice(0, 5)} ${words.zoneName}`;
  if (news) $("offline").textContent = isThere ? "" : t("No connection since %(time)s. What you write is kept and sent as soon as there is one.", { time: at });
  if (news) draw();
  if (news && isThere) files?.again();
}
function listen() {
  stop?.();
  stop = undefined;
  if (now === null || now.startsWith("new-") || document.hidden || isGone) return;
  stop = net.follow("/widget/events?conversation=" + encodeURIComponent(now), later, (isThere, error) => {
    if (!error) line(isThere);
  });
}
let soon;
function later() { clearTimeout(soon); soon = setTimeout(() => load(), 60); }

/* what is said */

function say(more) {
  const words = whole(more.text ?? text.value).trim(), isOwn = more.text === undefined || more.takesDraft;
  const flaw = isOwn && files.flaw ? files.flaw : !words && !(isOwn && files.ready.length) ? t("Write what it is about.") : words.length > 20000 ? t("This is too long. Shorten it or send two.") : "";
  $("error").textContent = flaw;
  $("error").hidden = !flaw;
  text.toggleAttribute("aria-invalid", Boolean(flaw));
  if (flaw) return text.focus();
  const form = isOwn && asksAll() && { about: $("about").value.trim(), reach: $("reach").value.trim() };
  if (form && isGuest() && lacksAddress(form.reach)) return $("reach").focus();
  const isFirst = now === null;
  if (isFirst) { now = "new-" + fresh(); clear(); }
  $("talk").dataset.withPeople ||= "";
  queue.add({ id: more.id ?? fresh(), thread: now, page, ...more, text: words, ...(form && { form }), ...(isOwn && files.ready.length && { files: files.take() }) });
  if (isOwn) { text.value = ""; typed(); }
  if (form) keep.set("about", $("about").value = "");
  if (isFirst) show();
  $("asked").replaceChildren();
  toEnd();
}
function lacksAddress(reach) {
  const said = /^[^\s@]+@[^\s@]+$/.test(reach) ? "" : reach ? t("This is not an e-mail address.") : t("Your e-mail address is missing. Without it we cannot reach you.");
  $("reach-error").textContent = said;
  $("reach-error").hidden = !said;
  $("reach").toggleAttribute("aria-invalid", Boolean(said));
  return said;
}
function sent(item, answer) {
  isHeld = true;
  if (now === null) return load();
  if (now !== item.thread) return;
  const isFirst = now !== answer.conversation;
  now = answer.conversation;
  isFirst ? show(true) : load(true);
}
function person() {
  const own = text.value.trim();
  if ($("person").ariaDisabled) return;
  if ($("talk").dataset.withPeople && now !== null) {
    if (own || files.any) return say({});
    scroller.scrollTop = scroller.scrollHeight;
    if (!isStill.matches) $("people")?.animate?.([{ opacity: 0.3 }, { opacity: 1 }], 400);
    return;
  }
  say({ text: own ? `${own}\n\n${words.wish}` : words.wish, takesDraft: true });
  focus();
}

/* the composer */

function grow() {
  text.style.height = "auto";
  text.style.height = Math.min(text.scrollHeight + 2, 160) + "px";
  $("send").disabled = !text.value.trim() && !files?.any;
}
function typed() { grow(); keep.set("draft", text.value); $("error").hidden = true; text.removeAttribute("aria-invalid"); }
const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;

/* To the end, or to where the newest message begins when it is longer than the window. */
function toEnd() {
  const newest = $("thread").lastElementChild;
  if (newest && !newest.matches(".mine") && newest.offsetHeight > scroller.clientHeight - 80) scroller.scrollTop += newest.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 12;
  else scroller.scrollTop = scroller.scrollHeight;
}
function focus() { (hasPhone.matches ? $("title") : text).focus({ preventScroll: true }); }

text.addEventListener("input", typed);
for (const one of FIELDS) one.addEventListener("input", () => { keep?.set(one.id, one.value); $("reach").ariaInvalid = null; $("reach-error").hidden = true; });
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !asksAll()) { event.preventDefault(); if (text.value.trim() || files.any) say({}); }
});
text.addEventListener("paste", (event) => {
  const { files: brought, types } = event.clipboardData ?? {};
  if (!brought?.length || types.includes("text/plain")) return;
  event.preventDefault();
  files.bring([...brought]);
});
$("attach").onclick = () => $("file").click();
$("file").onchange = () => { files.bring([...$("file").files]); $("file").value = ""; text.focus(); };
$("files").addEventListener("left", () => text.focus());
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  if (name === "drop") files.bring([...event.dataTransfer.files]);
});
$("person").onclick = person;
$("back").onclick = () => { now = null; $("wait").textContent = ""; show(); focus(); };
$("close").onclick = () => tell("close");
$("download").onclick = async () => {
  try {
    const answer = await net.ask(`/widget/conversations/${encodeURIComponent(now)}/transcript?` + new URLSearchParams({ name }));
    const file = URL.createObjectURL(await answer.blob());
    const save = Object.assign(document.createElement("a"), { href: file, download: `conversation-${$("log").dataset.number}.txt` });
    save.click();
    setTimeout(() => URL.revokeObjectURL(file), 10000);
  } catch (error) { if (!error.isRefusal) line(false); }
};
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) tell("close");
});
document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.id === "composer") return say({});
  const field = form.querySelector("textarea, input"), error = form.querySelector(".error"), value = field.value.trim();
  const flaw = (said) => {
    error.textContent = said;
    error.hidden = !said;
    error.id ||= "correct-error";
    field.toggleAttribute("aria-invalid", Boolean(said));
    said ? field.setAttribute("aria-describedby", error.id) : field.removeAttribute("aria-describedby");
    if (said) field.focus();
  };
  if (form.dataset.corrects) {
    if (!value) return flaw(t("Write what is wrong or missing."));
    field.value = "";
    form.closest("details").open = false;
    say({ text: value, corrects: Number(form.dataset.corrects) });
    return text.focus();
  }
  try {
    await net.ask(`/widget/conversations/${encodeURIComponent(now)}/address`, { email: value });
    flaw("");
    field.value = "";
    await load();
    text.focus();
  } catch (failure) {
    if (failure.isRefusal) return;
    flaw(failure.status ? failure.message : t("No connection. Try again in a moment."));
  }
});
document.addEventListener("click", (event) => {
  const solved = event.target.closest("[data-solved]"), anew = event.target.closest("[data-anew]");
  if (solved) {
    const yes = solved.dataset.solved === "yes";
    say({ id: `${solved.dataset.key}-${solved.dataset.solved}`, text: yes ? words.yes : words.no, solved: yes });
    focus();
  }
  if (anew) $("back").click();
});
document.addEventListener("visibilitychange", () => { listen(); if (!document.hidden && keep) { load(); queue.flush(); } });
addEventListener("online", () => { files?.again(); queue?.flush(); load(); listen(); });
addEventListener("offline", () => line(false));
onOtherTab((key) => {
  if (!keep || !key.startsWith(keep.prefix)) return;
  if (key.endsWith(".key") && !keep.get("key")) location.reload();
  else if (key.endsWith(".queue")) { draw(); later(); }
});

/* the page around us */

/* What our server takes of a text: no half characters, no NUL, and of a page's not more than it keeps. */
const whole = (text, most) => [...(String(text ?? "").replaceAll("\0", "").toWellFormed?.() ?? text)].slice(0, most).join("");
const seen = (told = {}) => ({ url: whole(told.url, 2000), title: whole(told.title, 300) });

on("hello", (told) => {
  page = seen(told.page);
  name = whole(told.name, 80);
  document.documentElement.dir = told.dir || "ltr";
  if (told.theme === "light" || told.theme === "dark") document.documentElement.dataset.theme = told.theme;
  isForm = told.form;
  isShown = isShown || isForm;
  $("close").hidden = isForm;
  remember(told.kept);
  become(told.identity);
});
on("identify", ({ identity }) => {
  const brought = isGuest() ? text.value : "";
  if (brought) keep.set("draft", null);
  become(identity, brought);
});
on("page", (told) => { page = seen(told.page); if (now === null && keep) load(); });
on("open", async ({ prompt, send, hasFocus }) => {
  isShown = true;
  if (prompt) {
    now = null;
    if (send) say({ text: prompt });
    else { await show(); text.value = prompt; typed(); }
  } else if (now !== null) load(true);
  if (hasFocus) focus();
});
on("closed", () => { isShown = false; });
on("shutdown", () => {
  isGone = true;
  stop?.();
  files?.stop();
  queue?.stop();
  forget();
  clear();
  $("home").replaceChildren();
  setTimeout(() => tell("gone"), 20);
});

net.onRefused = refused;
if (isFramed) tell("ready");
else become(null);
