/* What was said and has not arrived yet. It survives the page, goes out in order, and carries an id of its own, so that
   however often and from however many tabs it is sent, it is one message. */
import { Failure } from "./net.js";

const FIRST_PAUSE = 1500, LONGEST_PAUSE = 20000;

export class Queue {
  #busy = false;
  #again;
  #pause = FIRST_PAUSE;
  /* `onChange()` after anything changed, `onSent(item, answer)`, `onLine(isThere)`. */
  constructor(net, keep, { onChange, onSent, onLine }) {
    Object.assign(this, { net, keep, onChange, onSent, onLine });
  }
  get items() { return this.keep.get("queue") ?? []; }
  set items(items) { this.keep.set("queue", items.length ? items : null); }

  add(item) {
    if (!this.items.some((one) => one.id === item.id)) this.items = [...this.items, item];
    this.onChange();
    this.flush();
  }
  remove(id) {
    this.items = this.items.filter((item) => item.id !== id);
    this.onChange();
  }
  again(id) {
    this.#change(id, { failed: undefined });
    this.flush();
  }
  /* Takes all of it out, to be said in another way. */
  empty() {
    const items = this.items;
    this.items = [];
    return items;
  }
  stop() { clearTimeout(this.#again); this.isStopped = true; }
  #change(id, more) {
    this.items = this.items.map((item) => (item.id === id ? { ...item, ...more } : item));
    this.onChange();
  }

  async flush() {
    if (this.#busy || this.isStopped) return;
    this.#busy = true;
    clearTimeout(this.#again);
    try {
      for (let item; !this.isStopped && (item = this.#next()) && await this.#sent(item););
    } finally { this.#busy = false; }
  }

  /* Whether the next one may go now. */
  async #sent(item) {
    const key = this.net.key;
    try {
      const answer = await this.net.told("/widget/messages", this.#body(item));
      if (this.isStopped) return false;
      this.items = this.items.filter((one) => one.id !== item.id)
        .map((one) => (one.thread === item.thread ? { ...one, thread: answer.conversation } : one));
      this.#pause = FIRST_PAUSE;
      this.onLine(true);
      this.onSent(item, answer);
      this.onChange();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.isRefusal) return key !== this.net.key;  // it waits until they are signed in, or goes where they are anew
      if (error.mayPass) {
        this.onLine(!error.status ? false : true);
        this.onChange();
        this.#again = setTimeout(() => this.flush(), this.#pause);
        this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
        return false;
      }
      this.#change(item.id, { failed: error.message });
    }
    return true;
  }

  /* The first that may go: what was said after one that failed waits for it. */
  #next() {
    const stuck = new Set();
    for (const item of this.items) {
      if (item.failed) stuck.add(item.thread);
      else if (!stuck.has(item.thread)) return item;
    }
  }
  #body({ id, text, thread, page, solved, corrects, files, form }) {
    return { client_id: id, text, ...(!thread.startsWith("new-") && { conversation: thread }), ...(page?.url && { page }),
             ...(solved !== undefined && { solved }), ...(corrects && { corrects }), ...(form && { form: true, subject: form.about, email: form.reach }),
             ...(files?.length && { files: files.map((file) => file.id) }) };
  }
}
