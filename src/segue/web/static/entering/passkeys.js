/* Passkeys: asks the server for a question, lets the device sign it, and brings the answer back. Where the browser cannot,
   or the house is reached by an address in figures, nothing is offered. */

import { t } from "../texts.js";

const able = window.isSecureContext && "PublicKeyCredential" in window && !/^[\d.]+$|:/.test(location.hostname);
const error = document.getElementById("passkey-error");

function bytes(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}
function text(buffer) {
  const raw = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function ask(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const said = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
  if (said.to) location.assign(said.to);
  if (said.to || !answer.ok) throw new Error(said.error ?? (said.to ? "" : t("The house does not answer. Try again.")));
  return said;
}
async function send(path, body) {
  try { await ask(path, body); } catch (reason) { if (reason.message) throw reason; }
}

async function signIn(button) {
  const question = await ask("/sign-in/passkey/options", {});
  question.challenge = bytes(question.challenge);
  const found = await navigator.credentials.get({ publicKey: question });
  const { authenticatorData, clientDataJSON, signature, userHandle } = found.response;
  const response = { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature), userHandle: userHandle ? text(userHandle) : null };
  await send("/sign-in/passkey", { credential: { id: found.id, rawId: text(found.rawId), type: found.type, response }, next: button.dataset.next ?? "" });
}

async function add(form) {
  const question = await ask("/desk/me/access/passkeys/options", {});
  question.challenge = bytes(question.challenge);
  question.user.id = bytes(question.user.id);
  for (const known of question.excludeCredentials ?? []) known.id = bytes(known.id);
  const made = await navigator.credentials.create({ publicKey: question });
  const response = { attestationObject: text(made.response.attestationObject), clientDataJSON: text(made.response.clientDataJSON) };
  await send("/desk/me/access/passkeys", { credential: { id: made.id, rawId: text(made.rawId), type: made.type, response }, name: form.elements.name.value });
}

const told = {
  NotAllowedError: t("Nothing was signed. Try again when you are ready."),
  InvalidStateError: t("This device has a passkey for you already."),
};
async function tried(deed, where) {
  error.hidden = true;
  try {
    await deed(where);
  } catch (reason) {
    if (!reason.message) return;
    error.textContent = told[reason.name] ?? (reason instanceof DOMException || reason instanceof TypeError ? t("This device could not do it. Try another way.") : reason.message);
    error.hidden = false;
  }
}

if (able) {
  for (const button of document.querySelectorAll("[data-passkey=sign-in]")) {
    button.hidden = false;
    button.addEventListener("click", () => tried(signIn, button));
  }
  for (const form of document.querySelectorAll("[data-passkey=add]")) {
    form.hidden = false;
    document.getElementById("no-passkeys").hidden = true;
    form.addEventListener("submit", (event) => { event.preventDefault(); tried(add, form); });
  }
}
