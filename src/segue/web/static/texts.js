/* What people read, in their language: English stands in the scripts, the page brings the rest. */

const brought = document.getElementById("texts")?.content.textContent;
const texts = brought ? JSON.parse(brought) : {};
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]).replaceAll("%%", "%");

export const t = (text, values = {}) => filled(texts[text] ?? text, values);
/* For a word that means several things. */
export const tp = (context, text, values = {}) => filled(texts[`${context}\x04${text}`] ?? text, values);
/* The form that a number asks for; the rule was counted out by the server. */
export function tn(one, many, num, values = {}) {
  const form = texts[one] ? texts[one][texts[""][num < 200 ? num : 100 + (num % 100)]] : num === 1 ? one : many;
  return filled(form, { num, ...values });
}
