/* The comparison of a policy in shadow, live: asked for again every few seconds while somebody looks and does not read
   in it. What has the focus is never replaced. */

const EVERY = 3000, $ = (id) => document.getElementById(id);

const isRead = (pane) => document.hidden || pane.contains(document.activeElement) || pane.matches(":hover");

async function look() {
  const there = $("shadow");
  if (isRead(there)) return;
  const asked = new URLSearchParams(location.search);
  asked.set("run", there.dataset.run);
  try {
    const answer = await fetch(`/policy/shadow/pane?${asked}`);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("shadow");
    if (fresh && !isRead(there) && !there.isEqualNode(fresh)) there.replaceWith(document.adoptNode(fresh));
  } catch { /* the next look is in a few seconds */ }
}
setInterval(look, EVERY);
