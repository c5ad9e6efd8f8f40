"""Forms as a browser reads them: which fields a page has, filled with something else than stands in them, and sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

UNSEEN = ("hidden", "password", "file", "submit", "button")
"""Nothing that a person typed and can see again."""
EMPTY = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
"""Elements that hold nothing and are not closed."""


@dataclass
class Control:
    """A field: its kind, what it says, and, where it is one of several, what it may say."""

    kind: str
    value: str = ""
    is_on: bool = False
    options: list[str] = field(default_factory=list)
    described: tuple[str, ...] = ()
    """Ids of what says what is wrong with it; none where nothing is."""
    longest: int = 0
    """Characters that a browser lets be typed; 0 where it does not count."""


@dataclass
class Filled:
    """A form of a page. `controls` by name: several where a name stands for several boxes."""

    action: str
    controls: dict[str, list[Control]] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    """What is said to be wrong, by the name of the field beside which it stands; under "" what is said of no field."""

    def says(self) -> dict[str, list[str]]:
        """What a browser would send of it."""
        found = {}
        for name, several in self.controls.items():
            sent = [one.value for one in several if one.kind not in ("checkbox", "radio") or one.is_on]
            found[name] = sent
        return found

    def seen(self) -> dict[str, list[str]]:
        """Only what a person typed or chose."""
        return {name: sent for name, sent in self.says().items() if self.controls[name][0].kind not in UNSEEN}

    def other(self, wrong: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """Every field with something else than stands in it, and `wrong` as it is."""
        sent = self.says()
        for name, several in self.controls.items():
            if several[0].kind in UNSEEN:
                continue
            sent[name] = _other(several, name)
        return sent | dict(wrong)


def _other(several: list[Control], name: str) -> list[str]:
    one = several[0]
    if one.kind == "checkbox":
        return [box.value for box in several if not box.is_on]
    if one.kind == "radio":
        return [next(box.value for box in reversed(several) if not box.is_on)]
    if one.kind == "select":
        return [next((option for option in reversed(one.options) if option != one.value), one.value)]
    return [f"kept {name}"[:20]]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Filled] = []
        self.texts: dict[str, str] = {}
        self.alerts = ""
        self._open: list[dict[str, str]] = []
        self._form: Filled | None = None
        self._text: Control | None = None
        self._select: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        had = {name: value or "" for name, value in attrs}
        if tag not in EMPTY:
            self._open.append(had | {"": tag})
        if tag == "form":
            self._form = Filled(had.get("action", ""))
            self.forms.append(self._form)
        if self._form is None:
            return
        if tag == "option" and self._select:
            self._option(had)
        if tag in ("input", "textarea", "select") and had.get("name"):
            self._control(tag, had)

    def _option(self, had: dict[str, str]) -> None:
        assert self._select is not None
        self._select.options.append(had.get("value", ""))
        if "selected" in had or len(self._select.options) == 1:
            self._select.value = had.get("value", "")

    def _control(self, tag: str, had: dict[str, str]) -> None:
        assert self._form is not None
        kind = "hidden" if "hidden" in had else had.get("type", "text") if tag == "input" else tag
        described = had.get("aria-describedby", "").split() if had.get("aria-invalid") == "true" else ()
        one = Control(kind, had.get("value", ""), "checked" in had, described=tuple(described),
                      longest=int(had.get("maxlength") or 0))  # fmt: skip
        self._text = one if tag == "textarea" else None
        self._select = one if tag == "select" else None
        self._form.controls.setdefault(had["name"], []).append(one)

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text.value += data
        if not any("hidden" in one for one in self._open):
            for one in self._open:
                self.texts[one.get("id", "")] = self.texts.get(one.get("id", ""), "") + data
            self.alerts += data.strip() if any(one.get("role") == "alert" for one in self._open) else ""

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[""] != tag:
            pass
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._text = None
        if tag == "select":
            self._select = None


def forms_of(page: str) -> Iterator[Filled]:
    reader = _Reader()
    reader.feed(page)
    for form in reader.forms:
        for name, several in form.controls.items():
            ids = [at for one in several for at in one.described]
            form.told[name] = " ".join(reader.texts.get(at, "").strip() for at in ids)
        form.told[""] = reader.alerts
    yield from reader.forms


def form_of(page: str, action: str, has: str = "") -> Filled:
    """The one that sends there, and `has` that field. Fails where the page has none."""
    there = list(forms_of(page))
    found = next((form for form in there if form.action == action and (not has or has in form.controls)), None)
    assert found is not None, f"no form for {action} among {[form.action for form in there]}"
    return found
