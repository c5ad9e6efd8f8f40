/* Files beside the composer. Each goes to the server at once and waits there, a day at most, for the message that takes
   it; so it survives the page. One that has not arrived is in this window only, and that is said. */
import { t } from "../texts.js";
import { Failure } from "./net.js";

export class Files {
  #coming = [];
  /* `list` is where they stand, `caps` what fits; `onChange()` after anything changed. */
  constructor(net, keep, { list, caps, onChange }) {
    Object.assign(this, { net, keep, list, caps, onChange });
    this.#draw();
  }
  get ready() { return this.keep.get("files") ?? []; }
  set ready(files) { this.keep.set("files", files.length ? files : null); this.#draw(); this.onChange(); }
  get any() { return this.ready.length + this.#coming.length > 0; }

  /* Why nothing can be sent now, or nothing. */
  get flaw() {
    const one = this.#coming.find((file) => file.said) ?? this.#coming[0];
    return one ? (one.said ? t("%(name)s was not attached. See why beside it.", { name: one.name }) : t("%(name)s is still on its way.", { name: one.name })) : "";
  }
  take() {
    const taken = this.ready;
    this.ready = [];
    return taken;
  }
  back(files = []) { this.ready = [...this.ready, ...files]; }

  bring(files) {
    for (const file of files) {
      const one = { file, name: file.name || "picture.png" };
      this.#coming.push(one);
      if (this.ready.length + this.#coming.length > this.caps.most) this.#fail(one, t("%(most)s files fit in one message.", { most: this.caps.most }), true);
      else if (file.size > this.caps.largest) this.#fail(one, t("Larger than %(fits)s.", { fits: this.caps.fits }), true);
    }
    this.#next();
    this.#draw();
    this.onChange();
  }
  /* One after the other, so that they stand in the order in which they were chosen. */
  #next() {
    const [first] = this.#coming.filter((one) => !one.said);
    if (first && !this.#coming.some((one) => one.isGoing)) this.#go(first);
  }
  /* There is a connection again. */
  again() {
    for (const one of this.#coming) if (one.isLost) one.said = "";
    this.#next();
  }
  stop() { this.isStopped = true; this.#coming = []; this.#draw(); }

  async #go(one) {
    Object.assign(one, { said: "", isLost: false, isGoing: true });
    this.#draw();
    try {
      const form = new FormData();
      form.set("file", one.file, one.name);
      const kept = await this.net.told("/widget/attachments", form);
      if (this.isStopped) return;
      if (!this.#coming.includes(one)) return this.#forget(kept.id);
      this.#leave(one);
      this.ready = [...this.ready, kept];
      this.#next();
    } catch (error) {
      one.isGoing = false;
      if (!(error instanceof Failure)) throw error;
      one.isLost = !error.status || error.isRefusal;
      this.#fail(one, error.isRefusal ? t("Waits for your sign-in") : error.status ? error.message : t("No connection. It waits in this window only; a file is not kept here like your text."), error.status && !error.mayPass);
      this.#next();
    }
  }
  #fail(one, said, isFinal) {
    Object.assign(one, { said, isFinal });
    this.#draw();
    this.onChange();
  }
  #leave(one) { this.#coming = this.#coming.filter((other) => other !== one); }
  #forget(id) { this.net.ask(`/widget/attachments/${id}/remove`, {}).catch(() => {}); }

  #draw() {
    this.list.replaceChildren(
      ...this.ready.map((file) => this.#item(file.name, [about(file.about)], () => { this.ready = this.ready.filter((one) => one.id !== file.id); this.#forget(file.id); })),
      ...(this.isStopped ? [] : this.#coming).map((one) => this.#item(one.name, one.said ? [about(one.said, "error"), ...(one.isFinal ? [] : [button(t("Try again"), () => { one.said = ""; this.#next(); this.#draw(); }, "link")])] : [bar(one.name)], () => { this.#leave(one); this.#next(); this.#draw(); this.onChange(); })),
    );
  }
  #item(name, more, off) {
    const item = document.createElement("li"), cross = button("×", () => { off(); this.list.dispatchEvent(new Event("left")); }, "plain");
    cross.setAttribute("aria-label", t("Take off %(name)s", { name }));
    item.append(Object.assign(document.createElement("span"), { className: "name", dir: "auto", textContent: name }), " ", ...more, " ", cross);
    return item;
  }
}

const about = (words, kind = "about") => Object.assign(document.createElement("span"), { className: kind, textContent: words });
const button = (words, does, kind) => Object.assign(document.createElement("button"), { type: "button", className: kind, textContent: words, onclick: does });
function bar(name) {
  const made = document.createElement("progress");
  made.setAttribute("aria-label", t("%(name)s is on its way", { name }));
  return made;
}
