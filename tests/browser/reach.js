({
  // Notes where Tab leads, in this frame: each stop with what is wrong with it, judged once the page has scrolled to it.
  begin() {
    const { stops, named, faults } = this;
    const all = stops(), at = new Map(all.map((one, place) => [one, place]));
    const tab = (window.tab = { names: all.map(named), order: [], faults: this.atRest(all) });
    tab.judge = () => {
      const one = document.activeElement;
      if (!one || one === document.body || one === tab.judged) return;
      tab.judged = one;
      tab.faults.push(...faults(one).map((fault) => `${named(one)}: ${fault}`));
    };
    tab.note = (one = document.activeElement) => one !== document.body && tab.order.push(at.get(one) ?? named(one));
    addEventListener("focusin", ({ target }) => tab.note(target), true);
    addEventListener("keydown", tab.judge, true);
    return all.length;
  },

  named(one) {
    const words = (one.getAttribute("aria-label") ?? one.textContent).trim().replace(/\s+/g, " ").slice(0, 40);
    return `${one.localName}${one.id ? "#" + one.id : ""}${one.name ? `[name=${one.name}]` : ""} “${words}”`;
  },

  // Whatever can be worked and is seen: of a radio group the chosen one, in a dialog only what stands in it.
  stops() {
    const can = "a[href], button, input, select, textarea, summary, iframe, [tabindex], [contenteditable=true]";
    const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: false });
    const radio = (one) => {
      if (one.type !== "radio" || one.checked) return true;
      const group = [...document.getElementsByName(one.name)].filter((other) => other.form === one.form);
      return !group.some((other) => other.checked) && group.find((other) => !other.matches(":disabled")) === one;
    };
    const within = [...document.querySelectorAll("dialog:modal")].pop() ?? document;
    return [...within.querySelectorAll(can)].filter((one) => seen(one) && one.tabIndex >= 0 && one.type !== "hidden" &&
      !one.matches(":disabled") && !one.closest("[inert]") && radio(one));
  },

  // Without a key pressed: what only a mouse can reach, and what stands before something it comes after.
  atRest(all) {
    const found = [], { named } = this, within = [...document.querySelectorAll("dialog:modal")].pop() ?? document;
    const roving = "[role=listbox], [role=menu], [role=tablist], [role=radiogroup], [role=toolbar], [role=tree], [role=grid]";
    for (const one of within.querySelectorAll("a[href], button, input, select, textarea, summary")) {
      const isSeen = one.checkVisibility({ visibilityProperty: true }) && one.type !== "hidden" && !one.matches(":disabled");
      if (isSeen && one.tabIndex < 0 && !one.closest("[inert]") && !one.closest(roving)) found.push(`${named(one)}: no key leads to it`);
    }
    for (const one of within.querySelectorAll("[onclick], [role=button], [role=link]")) {
      if (one.tabIndex < 0 && one.checkVisibility()) found.push(`${named(one)}: no key leads to it`);
    }
    return found.concat(this.outOfOrder(all));
  },

  // Neighbours in one flow of which the later stands above the earlier, or before it in one line.
  outOfOrder(all) {
    const found = [], { named } = this, rtl = getComputedStyle(document.documentElement).direction === "rtl";
    const apart = (one) => {
      for (let up = one; up; up = up.parentElement) {
        const { position, overflowY } = getComputedStyle(up);
        if (position === "absolute" || position === "fixed" || position === "sticky" || /auto|scroll/.test(overflowY)) return up;
      }
      return document.body;
    };
    const flow = all.filter((one) => one.getBoundingClientRect().width > 4);
    for (const [place, next] of flow.entries()) {
      const last = flow[place - 1];
      if (!last || apart(last) !== apart(next)) continue;
      const a = last.getBoundingClientRect(), b = next.getBoundingClientRect();
      const overlaps = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1;
      const isInLine = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > Math.min(a.height, b.height) / 2;
      const isBefore = rtl ? b.left >= a.right - 1 : b.right <= a.left + 1;
      if ((b.bottom <= a.top + 1 && overlaps) || (isInLine && isBefore)) found.push(`${named(next)}: stands before ${named(last)}`);
    }
    return found;
  },

  // Of what has the focus: that it shows, and that something of it is seen.
  faults(one) {
    const found = [], labels = [...(one.labels ?? [])], shown = [one, ...labels, one.parentElement];
    const ring = (part) => {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(part);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && !/, 0\)$|^transparent$/.test(outlineColor);
    };
    if (one.localName !== "iframe") {
      const ringed = shown.find((part) => part && ring(part));
      if (!ringed) found.push("nothing shows that it has the focus");
      else {
        const { outlineOffset, outlineWidth } = getComputedStyle(ringed), out = parseFloat(outlineOffset) + parseFloat(outlineWidth);
        const box = ringed.getBoundingClientRect(), edges = [0, innerWidth, 0, innerHeight];
        for (let up = ringed.parentElement; up && up !== document.documentElement && up !== document.body; up = up.parentElement) {
          const { overflowX, overflowY, position } = getComputedStyle(up), around = up.getBoundingClientRect();
          if (overflowX !== "visible") [edges[0], edges[1]] = [Math.max(edges[0], around.left), Math.min(edges[1], around.right)];
          if (overflowY !== "visible") [edges[2], edges[3]] = [Math.max(edges[2], around.top), Math.min(edges[3], around.bottom)];
          if (position === "fixed") break;
        }
        const sides = [box.left - out >= edges[0] - 1, box.right + out <= edges[1] + 1, box.top - out >= edges[2] - 1, box.bottom + out <= edges[3] + 1];
        if (sides.filter(Boolean).length < 2) found.push("the mark of its focus is cut off");
      }
    }
    const hits = [one, ...labels].some((part) => [...part.getClientRects()].some((box) =>
      [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]].some(([x, y]) => {
        const there = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
        return there && (part.contains(there) || there.contains(part) && there.matches("label, summary, a, button") || labels.includes(there));
      })));
    if (!hits) found.push("it has the focus and is not seen");
    return found;
  },
});
