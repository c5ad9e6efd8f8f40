/* One list to choose from, for every command that needs a choice: type to narrow it, arrows to move, Enter to take. */

const $ = (id) => document.getElementById(id);
const dialog = $("chooser"), text = $("chooser-text"), list = $("chooser-options");
let items = [], found = [], at = 0, taken = () => {}, isTaken = false;

/* `offered`: {label, hint, value}. A digit takes one of the first nine while nothing is typed. */
export function choose(title, offered, onTaken, placeholder = "") {
  [items, taken, isTaken] = [offered, onTaken, false];
  $("chooser-title").textContent = title;
  text.value = "";
  text.placeholder = placeholder;
  dialog.showModal();
  narrow();
}

/* The options of a select that stands in the page, so that menu and list cannot differ. */
export function chooseFrom(title, select, onTaken) {
  const options = [...select.options].map((option) => ({
    label: option.textContent, value: option.value, hint: option.parentElement.label ?? "" }));
  choose(title, options, (item) => { select.value = item.value; onTaken(item); });
}

function narrow() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  found = items.filter((item) => words.every((word) => `${item.label} ${item.hint}`.toLowerCase().includes(word)));
  list.replaceChildren(...found.map(option));
  move(0);
}

function option(item, place) {
  const line = document.createElement("div"), hint = document.createElement("span");
  line.id = `choice-${place}`;
  line.setAttribute("role", "option");
  line.textContent = item.label;
  hint.className = "hint";
  hint.textContent = item.hint ?? "";
  line.append(hint);
  line.addEventListener("mousemove", () => at === place || move(place));
  line.addEventListener("click", () => take(place));
  return line;
}

function move(to) {
  at = Math.max(0, Math.min(found.length - 1, to));
  [...list.children].forEach((line, place) => line.setAttribute("aria-selected", place === at));
  list.children[at]?.scrollIntoView({ block: "nearest" });
  if (found.length) text.setAttribute("aria-activedescendant", `choice-${at}`);
  else text.removeAttribute("aria-activedescendant");
}

function take(place) {
  const item = found[place];
  if (!item) return;
  isTaken = true;
  dialog.close();
  taken(item);
}

text.addEventListener("input", narrow);
text.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
  if (step) { event.preventDefault(); move(at + step); }
  else if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); take(at); }
  else if (!text.value && /^[1-9]$/.test(event.key) && found[event.key - 1]) { event.preventDefault(); take(event.key - 1); }
});
dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
