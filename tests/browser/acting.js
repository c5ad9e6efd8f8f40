({
  // Every event that an element names, and a click on whatever can be clicked; links that lead out are let be.
  provoke(where) {
    const all = [...document.querySelectorAll(where)].flatMap((place) => [place, ...place.querySelectorAll("*")]);
    const stay = (event) => {
      const link = event.target.closest?.("a, form");
      if (link && /^(https?|mailto):/.test(link.href ?? "")) event.preventDefault();
    };
    document.addEventListener("click", stay, true);
    for (const one of all) {
      for (const { name } of [...one.attributes]) {
        if (name.startsWith("on")) one.dispatchEvent(new Event(name.slice(2)));
      }
      if (one.matches("a, area, button, summary")) {
        one.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
      }
    }
    document.removeEventListener("click", stay, true);
    return all.length;
  },

  // What stands in the places that may not: read off the tree that the browser made, by its own reading of addresses.
  left(where) {
    const found = [];
    const schemes = new Set(["http:", "https:", "mailto:", "tel:", "cid:"]);
    const attribute =
      /^(on.*|xlink.*|style|id|name|srcset|ping|srcdoc|action|formaction|background|poster|target|is|slot)$/;
    const element = new RegExp(
      "^(script|style|iframe|frame|object|embed|form|input|button|base|meta|link|template|video|audio|textarea|" +
        "select|title|noscript|xmp|plaintext|marquee|details|dialog|portal|picture|source|track|applet)$",
    );
    for (const one of [...document.querySelectorAll(where)].flatMap((place) => [...place.querySelectorAll("*")])) {
      const name = one.localName;
      if (element.test(name) || one.namespaceURI !== "http://www.w3.org/1999/xhtml") found.push(`<${name}>`);
      for (const { name: key, value } of one.attributes) {
        if (attribute.test(key)) found.push(`<${name} ${key}>`);
        if (/^(href|src)$/.test(key) && !schemes.has(new URL(value, "http://here.example/").protocol)) {
          found.push(`${key}=${value}`);
        }
      }
    }
    return found;
  },
});
