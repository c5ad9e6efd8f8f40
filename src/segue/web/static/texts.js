/* What people read, in their language: English stands in the scripts, the page brings the rest. */

const brought = document.getElementById("texts")?.content.textContent;
const texts = brought ? JSON.parse(brought) : {};
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]).replaceAll("%%", "%");

export const t = (text, values = {}) => filled(texts[text] ?? text, values);
