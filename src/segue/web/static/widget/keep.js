/* What this browser keeps: for a visitor, and for each identity apart, so that one who signs in on a shared computer sees
   nothing of the one before. Where a browser refuses storage to frames of other sites, the page around us keeps it. */
import { tell } from "./host.js";

const memory = new Map();
let telling;
const told = () => {
  clearTimeout(telling);
  telling = setTimeout(() => tell("keep", { kept: memory.size ? JSON.stringify([...memory]) : "" }));
};
const store = (() => {
  try {
    localStorage.setItem("segue.", "");
    localStorage.removeItem("segue.");
    return localStorage;
  } catch {
    return {
      getItem: (key) => memory.get(key) ?? null, setItem: (key, value) => { memory.set(key, value); told(); },
      removeItem: (key) => memory.delete(key) && told(), get length() { return memory.size; }, key: (at) => [...memory.keys()][at],
    };
  }
})();
const MONTH = 30 * 864e5;

export class Keep {
  constructor(who) { this.prefix = `segue.${who}.`; }
  get(name) {
    try { return JSON.parse(store.getItem(this.prefix + name)); } catch { return null; }
  }
  set(name, value) {
    if (value === null || value === "") store.removeItem(this.prefix + name);
    else store.setItem(this.prefix + name, JSON.stringify(value));
  }
}

/* What the page around us kept since the last time. */
export function remember(kept) {
  try { for (const [key, value] of JSON.parse(kept)) memory.set(key, value); } catch { /* nothing, or nothing of ours */ }
}

/* An id nobody else has; crypto.randomUUID is missing where the page around us is not secure. */
export const fresh = () => [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/* Every browser has a secret of its own; one that nobody used for a month is somebody else's by now. */
export function secret() {
  const keep = new Keep("visitor"), kept = keep.get("key");
  if (kept && Date.now() - kept.at < MONTH) {
    keep.set("key", { ...kept, at: Date.now() });
    return kept.key;
  }
  forget("visitor.");
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const key = "wv_" + btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  keep.set("key", { key, at: Date.now() });
  return key;
}

/* `but`: what stays. Without either word everything goes. */
export function forget(what = "", but) {
  const names = Array.from({ length: store.length }, (_, at) => store.key(at));
  for (const name of names)
    if (name?.startsWith("segue." + what) && !(but && name.startsWith("segue." + but))) store.removeItem(name);
}

/* Another tab of the same site changed something. */
export const onOtherTab = (then) => addEventListener("storage", (event) => event.key?.startsWith("segue.") && then(event.key));
