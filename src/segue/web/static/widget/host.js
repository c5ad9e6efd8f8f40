/* The page around the frame. It is trusted with what it tells us of itself and of who is signed in there, and hears
   nothing of what is said. Its origin is pinned with the first word: whoever else speaks is not heard. */

const commands = {};
let origin = null;

export const isFramed = parent !== self;
export const on = (name, then) => { commands[name] = then; };
/* A frame that is being taken out of its page is its own parent. */
export const tell = (segue, more) => parent !== self && parent.postMessage({ segue, ...more }, origin ?? "*");

addEventListener("message", (event) => {
  const data = event.data;
  if (event.source !== parent || !data?.segue || (origin && event.origin !== origin)) return;
  origin ??= event.origin;
  commands[data.segue]?.(data);
});
