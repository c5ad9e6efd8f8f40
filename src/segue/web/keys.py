"""The one key registry: what a key does on the desk. The palette, the help sheet, buttons' hints and docs/keys.md come
from here, and so do the keys themselves.

No key is bound with Alt, nor with Ctrl+Alt, which is AltGr: people type @, ą and ß with them. Keys are named by what
they write (`event.key`), not by where they lie. Whoever speaks to their computer switches the character keys off; each
may be put elsewhere (WCAG 2.1.4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segue.desk.queue import VIEWS
from segue.texts import languages


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` are alternatives, the first is shown; "g i" is one after the other, "Mod" is Cmd or Ctrl."""

    action: str
    keys: tuple[str, ...]
    label: str
    area: str
    is_typed: bool = False
    """Works while one types; such a key needs Mod or is Escape."""
    in_palette: bool = True
    page: str = "desk"
    """Where it does something: the desk, a lead's pages, or everywhere."""


EVERYWHERE = "everywhere"
LEADS_PAGES = (("Autonomy", "b"), ("Policy", "p"), ("Knowledge", "k"), ("Quality", "q"), ("Settings", "s"))
AREAS = {"move": "Move", "go": "Go to", "act": "Act", "teach": "Teach", "compose": "While writing",
         "lead": "On a lead's pages"}  # fmt: skip
KEYS = (
    Key("next", ("j",), "Next conversation", "move"),
    Key("previous", ("k",), "Previous conversation", "move"),
    Key("open", ("o", "Enter"), "Open the conversation (narrow screens)", "move", in_palette=False),
    Key("back", ("u",), "Back to where I was", "move"),
    Key("briefing", ("i",), "Briefing, or the way to it", "move"),
    Key("search", ("/",), "Search", "move"),
    Key("palette", ("Mod+k",), "All commands", "move", is_typed=True, in_palette=False, page=EVERYWHERE),
    Key("help", ("?",), "Keys", "move", page=EVERYWHERE),
    *(Key(f"view:{view.id}", (f"g {view.key}",), view.name, "go", page=EVERYWHERE) for view in VIEWS),
    *(Key(f"page:/{name.lower()}", (f"g {key}",), name, "go", page=EVERYWHERE) for name, key in LEADS_PAGES),
    *(Key(f"saved:{n}", (f"g {n}",), f"Saved view {n}", "go", in_palette=False) for n in range(1, 10)),
    Key("page:/desk/views", ("g h",), "Saved views", "go", page=EVERYWHERE),
    Key("preferences", ("g ,",), "My preferences", "go", page=EVERYWHERE),
    Key("page:/desk/macros", ("g m",), "Macros", "go", page=EVERYWHERE),
    Key("select", ("x",), "Select it, for several at once", "act"),
    Key("select-down", ("Shift+ArrowDown",), "Select the next one, too", "act", in_palette=False),
    Key("select-up", ("Shift+ArrowUp",), "Select the one above, too", "act", in_palette=False),
    Key("select-all", ("*",), "Select all of the list", "act"),
    Key("reply", ("r",), "Write a reply", "act"),
    Key("note", ("n",), "Write a note for colleagues", "act"),
    Key("macro", ("m",), "Use a macro…", "act"),
    Key("articles", ("l",), "Look up an article…", "act"),
    Key("tag", ("t",), "Tag, or take a tag off…", "act"),
    Key("suggestion", ("d",), "Use the AI suggestion", "act"),
    Key("approve", ("Shift+D",), "Send the AI suggestion as it is", "act"),
    Key("take", ("s",), "Take it, or take over from AI", "act"),
    Key("hand-back", ("b",), "Hand back to AI", "act"),
    Key("assign", ("a",), "Assign to…", "act"),
    Key("snooze", ("h",), "Set aside until…", "act"),
    Key("resolve", ("e",), "Resolve", "act"),
    Key("resolve-as", ("Shift+E",), "Resolve and name the matter…", "act"),
    Key("merge", ("Shift+M",), "Merge into…", "act"),
    Key("keep-view", ("Shift+V",), "Keep this search as a view…", "act"),
    Key("copy", ("y",), "Copy a link to it", "act"),
    Key("undo", ("z",), "Undo", "act"),
    Key("right-call", ("+", "="), "It was right to hand over", "teach"),
    Key("needless", ("-",), "The AI could have done it", "teach"),
    Key("matter", ("c",), "It is about something else…", "teach"),
    Key("why", ("w",), "Why was it decided so?", "teach"),
    Key("wrong", ("!",), "The AI answer is wrong…", "teach"),
    Key("article", ("Shift+K",), "Make an article of the last reply", "teach"),
    Key("send", ("Mod+Enter",), "Send, or add the note", "compose", is_typed=True, in_palette=False),
    Key("send-close", ("Mod+Shift+Enter",), "Send and close", "compose", is_typed=True, in_palette=False),
    Key("leave", ("Escape",), "Leave the text; it is kept", "compose", is_typed=True, in_palette=False),
    Key("item-next", ("j",), "Next in the list", "lead", page="lead"),
    Key("item-previous", ("k",), "Previous in the list", "lead", page="lead"),
    Key("agree", ("a",), "Approve what is open", "lead", page="lead"),
    Key("reject", ("x",), "Reject what is open", "lead", page="lead"),
    Key("judge-right", ("+", "="), "The answer is right", "lead", page="lead"),
    Key("judge-wrong", ("!",), "The answer is wrong", "lead", page="lead"),
    Key("stop", ("Shift+S",), "Stop or start the assistant…", "lead", page="lead"),
    Key("try", ("Mod+Enter",), "Try what I have written", "lead", is_typed=True, page="lead"),
)
AFTER = {"next": "The next conversation", "stay": "Stay where I am", "list": "Back to the list"}
"""Where to go after a conversation is closed."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """How one agent likes the desk."""

    letters: bool = True
    """Whether keys that write a character do something."""
    after: str = "next"
    language: str = ""
    """Which the desk speaks to them; empty for the workspace's."""
    notify: bool = False
    """Whether the browser tells them what concerns them while they look elsewhere."""
    keys: Mapping[str, str] | None = None
    """What they put elsewhere, by action."""

    def key(self, key: Key) -> tuple[str, ...]:
        own = (self.keys or {}).get(key.action)
        found = (own,) if own else key.keys
        return found if self.letters else tuple(k for k in found if not is_character(k))


def preferences(stored: Mapping[str, Any]) -> Preferences:
    """What is stored, as far as it still means something."""
    known = {key.action for key in KEYS}
    own = {action: str(key) for action, key in dict(stored.get("keys", {})).items() if action in known}
    after = stored.get("after") if stored.get("after") in AFTER else "next"
    language = stored.get("language") if stored.get("language") in languages() else ""
    return Preferences(
        bool(stored.get("letters", True)), str(after), str(language), bool(stored.get("notify", False)), own
    )


def registry(chosen: Preferences, page: str = "desk", leads: bool = False) -> list[dict[str, Any]]:
    """For a page, in the order of the help sheet. Only who `leads` is shown the way to a lead's pages."""
    return [
        {"action": key.action, "keys": chosen.key(key), "label": key.label, "area": AREAS[key.area],
         "typed": key.is_typed, "palette": key.in_palette}
        for key in KEYS
        if key.page in (page, EVERYWHERE) and (leads or not _is_for_leads(key.action))
    ]  # fmt: skip


def _is_for_leads(action: str) -> bool:
    return action.startswith("page:") and not action.startswith("page:/desk/")


def is_character(key: str) -> bool:
    """Whether it writes something where one types; of "g i" the first decides."""
    first = key.split(" ")[0].removeprefix("Shift+")
    return len(first) == 1


def wrong_with(own: Mapping[str, str]) -> dict[str, str]:
    """What keeps keys from being put elsewhere, by action."""
    pages = {key.action: key.page for key in KEYS}
    taken = [(k, key.action) for key in KEYS if key.action not in own for k in key.keys]
    found: dict[str, str] = {}
    for action, wish in own.items():
        steps = wish.split(" ")
        by_key = {k: other for k, other in taken if meet(pages[action], pages[other])}
        if not 1 <= len(steps) <= 2 or any(len(step.removeprefix("Shift+")) != 1 for step in steps):
            found[action] = "One character, or two with a space between."
        elif wish in by_key:
            found[action] = f"{wish} is already for “{_label(by_key[wish])}”."
        elif any(_begins(wish, other) for other in by_key):
            found[action] = f"Another command begins with {steps[0]}."
        taken.append((wish, action))
    return found


def meet(page: str, other: str) -> bool:
    """Whether a key of the one may be pressed where the other is listened to."""
    return page == other or EVERYWHERE in (page, other)


def _begins(wish: str, other: str) -> bool:
    return wish.startswith(f"{other} ") or other.startswith(f"{wish} ")


def _label(action: str) -> str:
    return next(key.label for key in KEYS if key.action == action)
