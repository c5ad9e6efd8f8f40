/* Keys, as the registry names them. Letters do something only where nobody types; Alt and AltGr write letters. */

import { t } from "../texts.js";
import { made } from "./page.js";

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
const WAIT = 1200;

/* "Mod+Enter", "Shift+K", "j": what a press is called in the registry. */
function named(event) {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const letter = event.key.length === 1 && event.key.toLowerCase() !== event.key.toUpperCase();
  const key = letter ? (event.shiftKey && !mod ? event.key.toUpperCase() : event.key.toLowerCase()) : event.key;
  const shift = event.shiftKey && (letter || key.length > 1);
  return (mod ? "Mod+" : "") + (shift ? "Shift+" : "") + key;
}

/* A field in a list just closed keeps the focus until the browser paints; nobody types in it. */
export function isTyping(target) {
  if (!target.checkVisibility()) return false;
  return target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
    (target.tagName === "INPUT" && !/^(radio|checkbox|button|submit)$/.test(target.type));
}

/* Calls `does[action](event)` for each key of the registry; one without a deed here is left to the browser. Where an
   action `waits` it lies ready with what is pressed after it; what comes back plays them. */
export function listen(registry, does, waits = () => false) {
  const byKey = new Map();
  for (const entry of registry) for (const key of entry.keys) byKey.set(key, entry);
  const begins = new Set([...byKey.keys()].filter((key) => key.includes(" ")).map((key) => key.split(" ")[0]));
  const lying = [];
  let first = "", timer;

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || event.isComposing || event.getModifierState("AltGraph") ||
      /^(Shift|Control|Meta|CapsLock)$/.test(event.key) || document.querySelector("dialog[open]")) return;
    const press = named(event), chord = first && `${first} ${press}`;
    clearTimeout(timer);
    const typing = isTyping(event.target);
    const entry = byKey.get(chord) ?? (first ? undefined : byKey.get(press));
    if (!typing && (entry || /^(Shift\+)?.$/.test(press)) && (lying.length || waits(entry?.action))) {
      lying.push(event);
      return event.preventDefault();
    }
    if (!entry && !first && !typing && begins.has(press)) {
      first = press;
      timer = setTimeout(() => (first = ""), WAIT);
      return event.preventDefault();
    }
    first = "";
    if (!entry || !does[entry.action] || (typing && !entry.typed)) return;
    if (event.repeat && !/next|prev|sel/.test(entry.action)) return event.preventDefault();  // held, it is meant once
    if (press === "Enter" && event.target.closest("a, button, summary")) return;
    if (does[entry.action](event) !== false) event.preventDefault();
  });

  return () => {
    for (const event of lying.splice(0)) {
      const { key } = event, into = document.activeElement;
      const isTyped = into.dispatchEvent(new KeyboardEvent("keydown", event)) && isTyping(into);
      if (isTyped && /^(.|Enter)$/.test(key)) document.execCommand("insertText", false, key[1] ? "\n" : key);
    }
  };
}

export function shown(key) {
  return key.replace("Mod+", isMac ? "⌘" : `${t("Ctrl")} `).replace("Shift+", isMac ? "⇧" : `${t("Shift")} `).replace("Enter", "↵").replace("ArrowDown", "↓").replace("ArrowUp", "↑");
}

export function hint(root, registry) {
  const first = new Map(registry.map((entry) => [entry.action, entry.keys[0]]));
  for (const place of root.querySelectorAll("[data-key]")) {
    const key = first.get(place.dataset.key);
    if (!key || place.querySelector("kbd")) continue;
    place.append(" ", made("kbd", { ariaHidden: true }, shown(key)));
    place.ariaKeyShortcuts = key.replace("Mod", isMac ? "Meta" : "Control");
  }
}
