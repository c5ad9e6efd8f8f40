/* Segue's loader: a button, and on intent the frame behind it. Nothing is fetched before, nothing of the page is touched:
   what it shows stands in a shadow root, its styles come through CSSOM, which a strict CSP allows. */
(() => {
  const script = document.currentScript || document.querySelector('script[src*="/widget.js"]'), set = script.dataset, home = new URL(script.src).origin, before = window.Segue;
  if (before?.isSegue) return;

  /* What the server writes in here: the words in every language, and how the workspace wants it to look. */
  const texts = {}, skin = { fill: "#1f5fbf", on: "#fff", over: "#194f9f", ring: "#1f5fbf", side: "" },
    page = document.documentElement, lang = (set.lang || page.lang || navigator.language).slice(0, 2),
    t = (text) => (texts[lang] ?? texts.en)?.[text] ?? text, help = t("Help"), side = set.position || skin.side,
    called = help + (set.workspace ? ", " + set.workspace : ""),
    phone = matchMedia("(max-width: 480px)");
  let identity = set.identity, told = {}, last, host, button, badge, panel, frame, isReady, opener, timer, place, waiting = [], inerted = [];

  const STYLE = `
    :host { all: initial !important; }
    :host([hidden]), [hidden] { display: none !important; }
    .launch, .panel { position: fixed; inset-inline-end: 20px; z-index: 2147483000; box-sizing: border-box; }
    .left { inset-inline: 20px auto; }
    .launch {
      inset-block-end: 20px; display: flex; gap: 6px; align-items: center; height: 48px; padding: 0 18px 0 14px; border: 0;
      border-radius: 24px; background: ${skin.fill}; color: ${skin.on}; font: 600 15px/20px system-ui, sans-serif; cursor: pointer; forced-color-adjust: none;
      box-shadow: 0 4px 16px rgb(0 0 0 / .22);
    }
    .launch:hover { background: ${skin.over}; }
    .launch:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px ${skin.ring}; }
    .launch::before {
      content: ""; width: 22px; height: 20px; background: currentColor;
      clip-path: path("M4 0h14a4 4 0 0 1 4 4v7a4 4 0 0 1-4 4h-7l-6 5v-5h-1a4 4 0 0 1-4-4v-7a4 4 0 0 1 4-4z");
    }
    b {
      position: absolute; inset-block-start: -6px; inset-inline-end: -4px; min-width: 22px; box-sizing: border-box; padding: 1px 6px;
      border-radius: 12px; background: #b3261e; color: #fff; font-size: 13px;
    }
    .panel {
      inset-block-end: 80px; width: 400px; height: min(640px, 100dvh - 100px); border-radius: 12px; overflow: hidden;
      background: Canvas; outline: 1px solid transparent; box-shadow: 0 0 1px rgb(0 0 0 / .4), 0 12px 48px rgb(0 0 0 / .24);
    }
    .form { height: var(--segue-height, 640px); }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: light dark; }
    @media (max-width: 480px) {
      .panel { inset: 0; width: auto; height: 100dvh; border-radius: 0; z-index: 2147483001; }
      .launch { padding: 0 14px; }
      .launch span { display: none; }
    }
  `;

  const keep = (name, value, where = "session") => {
    try {
      const key = "segue." + name, store = window[where + "Storage"];
      if (value === undefined) return store.getItem(key);
      value ? store.setItem(key, value) : store.removeItem(key);
    } catch { /* a page without storage only forgets */ }
  };
  const make = (tag, more, inside) => {
    const made = Object.assign(document.createElement(tag), more);
    inside?.append(made);
    return made;
  };

  function build() {
    host = make("div");
    const root = host.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    place = set.form && document.querySelector(set.form);
    panel = make("div", place ? { className: "form" } : { className: "panel " + side, hidden: true, role: "dialog", ariaLabel: called }, root);
    button = make("button", { type: "button", className: "launch " + side, ariaExpanded: "false" }, root);
    make("span", { textContent: help }, button);
    badge = make("b", { hidden: true }, button);
    button.hidden = place || set.launcher === "off";
    button.onclick = () => (panel.hidden ? open() : close());
    host.onkeydown = (event) => { event.key === "Escape" && close(); };
    unread(0);
    (place || document.body).append(host);
    if (!place && keep("open")) open({ isBack: true });
    else if (place || keep("live")) load();
  }

  function unread(count) {
    button.ariaLabel = called + (count ? `, ${count} ${t("new")}` : "");
    badge.textContent = count || "";
    badge.hidden = !count;
  }

  function load() {
    if (frame) return;
    keep("used", "1");
    frame = make("iframe", { src: home + "/widget?lang=" + lang, title: called }, panel);
    setTimeout(() => isReady || console.warn("Segue: no answer. Allowed? segue widget allow " + location.origin), 8e3);
    timer ||= setInterval(look, 1e3);
  }

  const post = (segue, more) =>
    isReady ? frame.contentWindow.postMessage({ segue, ...more }, home) : waiting.push([segue, more]);

  /* Without the query, which may hold what is nobody's business; of the fragment only what routes. */
  function where() {
    const url = location.origin + location.pathname + (/^#[!/]/.test(location.hash) ? location.hash : "");
    return { url, title: document.title, ...(told.at === location.href && told.page) };
  }
  /* Looked at once a second, because that works with every router and changes nothing of the page. */
  function look() {
    const page = where(), now = JSON.stringify(page);
    if (isReady && now !== last) { last = now; post("page", { page }); }
  }

  function open({ prompt, send, isBack } = {}) {
    if (!host) build();
    load();
    if (panel.hidden && !isBack) opener = document.activeElement;
    panel.hidden = false;
    button.ariaExpanded = "true";
    place || keep("open", "1");
    unread(0);
    hold();
    if (!isBack) frame.focus();
    post("open", { prompt, send, hasFocus: !isBack });
  }

  function close() {
    if (place || !panel || panel.hidden) return;
    panel.hidden = true;
    button.ariaExpanded = "false";
    keep("open", "");
    hold();
    post("closed");
    (opener?.isConnected && opener !== host && opener !== document.body ? opener : button).focus();
  }

  /* On a phone it covers the page: then what is behind is out of reach, as with any dialog. Elsewhere it is beside it. */
  function hold() {
    const covers = phone.matches && !place && !panel.hidden;
    panel.ariaModal = covers || null;
    if (covers && !inerted.length) inerted = [...document.body.children].filter((e) => e !== host && !e.inert);
    for (const one of inerted) one.inert = covers;
    if (!covers) inerted = [];
  }
  phone.onchange = () => panel && hold();

  function gone() {
    host?.remove();
    host = frame = panel = button = isReady = undefined;
  }

  const commands = {
    identify: (who = {}) => { identity = who.user_hash ? who : who.jwt; host || start(); if (frame) post("identify", { identity }); },
    update: (news = {}) => { told = { at: location.href, page: news.page }; look(); },
    open, close,
    form: (to) => { set.form = to; gone(); start(); },
    shutdown: () => {
      const wasUsed = keep("used"), old = host;
      identity = undefined; told = {}; waiting = [];
      for (const name of ["open", "live", "used"]) keep(name, "");
      if (!host || !(frame || wasUsed)) return gone();
      close();
      host.hidden = true;
      load();
      keep("used", "");
      post("shutdown");
      setTimeout(() => host === old && gone(), 4e3);
    },
  };

  addEventListener("message", ({ data, origin, source }) => {
    if (origin !== home || !frame || source !== frame.contentWindow || !data) return;
    if (data.segue === "ready") {
      isReady = true;
      last = JSON.stringify(where());
      post("hello", {
        identity, page: where(), name: set.workspace || "", theme: set.theme || "",
        dir: getComputedStyle(page).direction, kept: keep("frame", undefined, "local"), form: !!place,
      });
      for (const one of waiting.splice(0)) post(...one);
    } else if (data.segue === "close") close();
    else if (data.segue === "unread") panel.hidden && unread(data.count);
    else if (data.segue === "live") keep("live", data.isLive ? "1" : "");
    else if (data.segue === "keep") keep("frame", data.kept, "local");
    else if (data.segue === "gone") gone();
    else if (data.segue === "refused") {
      console.warn("Segue: " + data.detail);
      document.dispatchEvent(new CustomEvent("segue:refused", { detail: { code: data.code, detail: data.detail } }));
    }
  });

  document.addEventListener("click", (event) => {
    const asks = event.target.closest?.("[data-segue-prompt]");
    if (asks) open({ prompt: asks.dataset.seguePrompt, send: "segueSend" in asks.dataset });
  });

  const start = () => host || build();
  window.Segue = (name, more) =>
    commands[name] ? commands[name](more) : console.warn("Segue knows " + Object.keys(commands) + ", not " + name);
  window.Segue.isSegue = true;
  const begin = () => { start(); for (const one of before?.q || []) window.Segue(...one); };
  document.readyState === "loading" ? addEventListener("DOMContentLoaded", begin) : begin();
})();
