/* The browser is asked for its leave when somebody wants to be told, not before. */

const wish = document.getElementById("notify"), refused = document.getElementById("notify-refused");

wish.addEventListener("change", async () => {
  refused.hidden = true;
  if (!wish.checked) return;
  const leave = "Notification" in window ? await Notification.requestPermission() : "denied";
  wish.checked = leave === "granted";
  refused.hidden = wish.checked;
});
