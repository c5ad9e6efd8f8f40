({
  // Notes where Tab leads, in this frame: each stop, with what is wrong with it once the page has scrolled to it.
  begin() {
    const { stops, named, faults } = this, all = stops.call(this), at = new Map(all.map((one, place) => [one, place]));
    const tab = (window.tab = { names: all.map(named), order: [], faults: this.atRest(all) });
    tab.note = () => {
      let one = document.activeElement;
      while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
      if (!one || one === document.body || one === tab.last) return;
      tab.last = one;
      tab.order.push(at.get(one) ?? named(one));
      tab.faults.push(...faults(one).map((fault) => `${named(one)}: ${fault}`));
    };
    addEventListener("keyup", tab.note, true);
    return all.length;
  },

  // Also within what keeps its parts to itself.
  every(selector, root) {
    return [...root.querySelectorAll("*")].flatMap((one) =>
      [...(one.matches(selector) ? [one] : []), ...(one.shadowRoot ? this.every(selector, one.shadowRoot) : [])]);
  },

  named(one) {
    const words = (one.getAttribute("aria-label") ?? one.textContent).trim().replace(/\s+/g, " ").slice(0, 40);
    return `${one.localName}${one.id ? "#" + one.id : ""}${one.name ? `[name=${one.name}]` : ""} “${words}”`;
  },

  // Whatever can be worked and is seen: of a radio group the chosen one, in a dialog only what stands in it.
  stops() {
    const can = "a[href], button, input, select, textarea, summary, [tabindex], [contenteditable=true]";
    const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: false });
    const radio = (one) => {
      if (one.type !== "radio" || one.checked) return true;
      const group = [...document.getElementsByName(one.name)].filter((other) => other.form === one.form);
      return !group.some((other) => other.checked) && group.find((other) => !other.matches(":disabled")) === one;
    };
    const within = [...document.querySelectorAll("dialog:modal")].pop() ?? document;
    return this.every(can, within).filter((one) => seen(one) && one.tabIndex >= 0 && one.type !== "hidden" &&
      !one.matches(":disabled") && !one.closest("[inert]") && radio(one));
  },

  // Without a key pressed: what only a mouse can reach, and what stands before something it comes after. In a list one
  // goes by arrows; the desk's rows are selected with a key of the registry.
  atRest(all) {
    const found = [], { named } = this, within = [...document.querySelectorAll("dialog:modal")].pop() ?? document;
    const byOtherKeys = "#rows, [role=listbox], [role=menu], [role=tablist], [role=radiogroup], [role=toolbar], [role=tree], [role=grid]";
    for (const one of this.every("a[href], button, input, select, textarea, summary", within)) {
      const isSeen = one.checkVisibility({ visibilityProperty: true }) && one.type !== "hidden" && !one.matches(":disabled");
      if (isSeen && one.tabIndex < 0 && !one.closest("[inert]") && !one.closest(byOtherKeys)) found.push(`${named(one)}: no key leads to it`);
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
      for (let up = one; up; up = up.parentElement ?? up.getRootNode().host) {
        const { position, overflowY } = getComputedStyle(up);
        if (position === "absolute" || position === "fixed" || position === "sticky" || /auto|scroll/.test(overflowY)) return up;
      }
      return document.body;
    };
    const flow = all.filter((one) => one.getBoundingClientRect().width > 4);
    for (const [place, next] of flow.entries()) {
      const last = flow[place - 1];
      if (!last || last.contains(next) || apart(last) !== apart(next)) continue;
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
    const labels = [...(one.labels ?? [])], parts = [one, ...labels];
    const ring = (part) => {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(part);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && !/, 0\)$|^transparent$/.test(outlineColor);
    };
    const sides = (part) => {
      const { outlineOffset, outlineWidth } = getComputedStyle(part), out = parseFloat(outlineOffset) + parseFloat(outlineWidth);
      const box = part.getBoundingClientRect();
      let [left, right, top, bottom] = [0, innerWidth, 0, innerHeight];
      for (let up = part.parentElement; up && up !== document.documentElement && up !== document.body; up = up.parentElement) {
        const { overflowX, overflowY, position } = getComputedStyle(up), around = up.getBoundingClientRect();
        if (overflowX !== "visible") [left, right] = [Math.max(left, around.left), Math.min(right, around.right)];
        if (overflowY !== "visible") [top, bottom] = [Math.max(top, around.top), Math.min(bottom, around.bottom)];
        if (position === "fixed") break;
      }
      return [box.left - out >= left - 1, box.right + out <= right + 1, box.top - out >= top - 1, box.bottom + out <= bottom + 1];
    };
    const spots = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
    const isHit = (part) => [...part.getClientRects()].some((box) => spots.some(([x, y]) => {
      const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
      const [width, height] = [Math.min(box.right, innerWidth) - left, Math.min(box.bottom, innerHeight) - top];
      const there = part.getRootNode().elementFromPoint(left + width * x, top + height * y);
      return there && (part.contains(there) || labels.includes(there));
    }));
    const ringed = [...parts, one.parentElement].find((part) => part && ring(part)), found = [];
    if (!ringed) found.push("nothing shows that it has the focus");
    else if (sides(ringed).filter(Boolean).length < 2) found.push("the mark of its focus is cut off");
    if (!parts.some(isHit)) found.push("it has the focus and is not seen");
    return found;
  },
});
