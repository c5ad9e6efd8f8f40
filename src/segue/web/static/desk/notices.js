/* Tells an agent who wants it what concerns them, while this tab is not seen. It says who and which number; the words
   stay on the desk. */

import { told } from "./page.js";

const isWanted = document.body.dataset.notify === "on" && "Notification" in window;
let source, after = "", timer;

async function look() {
  const news = await told(`/desk/told?${new URLSearchParams({ after })}`);
  if (!news) return;
  after = news.after;
  if (document.hidden) for (const one of news.told) show(one);
}

function show({ id, title, path }) {
  const notice = new Notification(title, { tag: id, icon: "/static/segue.svg" });
  notice.onclick = () => { notice.close(); window.focus(); location.assign(path); };
}

/* While it is seen the desk itself shows everything; what came then is not told afterwards. */
async function turn() {
  source?.close();
  clearTimeout(timer);
  if (!document.hidden || Notification.permission !== "granted") return;
  after = "";
  await look();
  source = new EventSource("/desk/events");
  source.onmessage = () => { clearTimeout(timer); timer = setTimeout(look, 400); };
}

if (isWanted) {
  document.addEventListener("visibilitychange", turn);
  turn();
}
