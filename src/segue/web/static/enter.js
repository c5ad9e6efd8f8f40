/* Enter sends on the customer's page, the first message as any other. */

const form = document.getElementById("composer"), text = form.elements.text;

text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !(text.value.trim() || form.elements.file.files.length)) return;
  event.preventDefault();
  form.requestSubmit();
});
document.getElementById("hint").hidden = false;
