"""The one key registry: what a key does on the desk. The palette, the help sheet, menus, buttons with their hints, and
docs/keys.md come from here, and so do the keys themselves.

No key is bound with Alt, nor with Ctrl+Alt, which is AltGr: people type @, ą and ß with them. Keys are named by what
they write (`event.key`), not by where they lie. Whoever speaks to their computer switches the character keys off; each
may be put elsewhere (WCAG 2.1.4). They work on the desk and in the frame of a lead's pages, in which one's own pages
stand, too, with the palette and the assistant's switch; a sheet that stands alone (signing in, a trace) has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segue.desk.queue import VIEWS
from segue.domain.people import LEADS, READS_ONLY
from segue.texts import N_, _, languages


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
    """Where it does something: the desk, a lead's pages, or both."""
    short: str = ""
    """What a button or a menu says, where the whole label is too long for it."""

    @property
    def said(self) -> str:
        return _(self.label, n=self.action.rpartition(":")[2])

    @property
    def path(self) -> str:
        """Where it leads, if it leads to a page."""
        return self.action.removeprefix("page:") if self.action.startswith("page:") else ""


EVERYWHERE = "everywhere"
STOP = "stop"
LEADS_PAGES = (
    ("autonomy", N_("Autonomy"), "b"), ("policy", N_("Policy"), "p"), ("knowledge", N_("Knowledge"), "k"),
    ("quality", N_("Quality"), "q"), ("settings", N_("Settings"), "s"),
)  # fmt: skip
OWN_PAGES = ("/desk/macros", "/desk/views", "/desk/me", "/desk/me/access")
"""In the menu under one's name, in this order."""
FOR_WHO_HANDLES = ("/desk/macros", "/desk/unsent")
KEYS_OF_READERS = ("keep-view", "copy", "why", "item-next", "item-previous")
_LEADS_PATHS = tuple(f"/{page}" for page, _name, _key in LEADS_PAGES)
READ_BY_ANALYSTS = ("autonomy", "policy", "knowledge", "quality")
AREAS = {"move": N_("Move"), "go": N_("Go to"), "act": N_("Act"), "teach": N_("Teach"), "compose": N_("While writing"),
         "lead": N_("On a lead’s pages")}  # fmt: skip
KEYS = (
    Key("next", ("j",), N_("Next conversation"), "move"),
    Key("previous", ("k",), N_("Previous conversation"), "move"),
    Key("open", ("o", "Enter"), N_("Open the conversation (narrow screens)"), "move", in_palette=False),
    Key("back", ("u",), N_("Back to where I was"), "move"),
    Key("briefing", ("i",), N_("Briefing, or the way to it"), "move", short=N_("Briefing")),
    Key("search", ("/",), N_("Search"), "move"),
    Key(
        "palette",
        ("Mod+k",),
        N_("All commands"),
        "move",
        is_typed=True,
        in_palette=False,
        page=EVERYWHERE,
        short=N_("Commands"),
    ),
    Key("help", ("?",), N_("Keys"), "move", page=EVERYWHERE),
    Key("select", ("x",), N_("Select it, for several at once"), "act"),
    Key("select-down", ("Shift+ArrowDown",), N_("Select the next one, too"), "act", in_palette=False),
    Key("select-up", ("Shift+ArrowUp",), N_("Select the one above, too"), "act", in_palette=False),
    Key("select-all", ("*",), N_("Select all of the list"), "act"),
    Key("reply", ("r",), N_("Write a reply"), "act"),
    Key("note", ("n",), N_("Write a note for colleagues"), "act"),
    Key("macro", ("m",), N_("Use a macro…"), "act", short=N_("Macros")),
    Key("articles", ("l",), N_("Look up an article…"), "act", short=N_("Articles")),
    Key("attach", ("f",), N_("Attach a file…"), "act", short=N_("Attach")),
    Key("tag", ("t",), N_("Tag, or take a tag off…"), "act", short=N_("Tag")),
    Key("suggestion", ("d",), N_("Use the AI suggestion"), "act", short=N_("Use as reply")),
    Key("approve", ("Shift+D",), N_("Send the AI suggestion as it is"), "act", short=N_("Approve and send as it is")),
    Key("not-this-answer", ("Shift+X",), N_("Not this answer: say what is wrong, go to the next…"), "act"),
    Key("take", ("s",), N_("Take it, or take over from AI"), "act", short=N_("Take it")),
    Key("hand-back", ("b",), N_("Hand back to AI"), "act", short=N_("Hand back")),
    Key("assign", ("a",), N_("Assign to…"), "act", short=N_("Assign")),
    Key("snooze", ("h",), N_("Snooze until…"), "act", short=N_("Snooze")),
    Key("resolve", ("e",), N_("Resolve"), "act"),
    Key("resolve-as", ("Shift+E",), N_("Resolve and name the matter…"), "act"),
    Key("reopen", ("Shift+O",), N_("Reopen it, and take it"), "act", short=N_("Reopen")),
    Key("merge", ("Shift+M",), N_("Merge into…"), "act", short=N_("Merge")),
    Key("address", ("Shift+A",), N_("Correct the customer's address…"), "act", short=N_("Correct the address")),
    Key("keep-view", ("Shift+V",), N_("Keep this search as a view…"), "act", short=N_("Keep as a view")),
    Key("copy", ("y",), N_("Copy a link to it"), "act"),
    Key("undo", ("z",), N_("Undo"), "act"),
    Key("right-call", ("+", "="), N_("It was right to hand over"), "teach", short=N_("Right call")),
    Key("needless", ("-",), N_("The AI could have done it"), "teach", short=N_("AI could have done it")),
    Key("matter", ("c",), N_("It is about something else…"), "teach"),
    Key("why", ("w",), N_("Why was it decided so?"), "teach", short=N_("Why card")),
    Key("wrong", ("!",), N_("The AI answer is wrong…"), "teach", short=N_("Wrong…")),
    Key("article", ("Shift+K",), N_("Make an article of the last reply"), "teach", short=N_("Make an article")),
    *(Key(f"view:{view.id}", (f"g {view.key}",), view.name, "go", page=EVERYWHERE) for view in VIEWS),
    *(Key(f"page:/{page}", (f"g {key}",), name, "go", page=EVERYWHERE) for page, name, key in LEADS_PAGES),
    *(Key(f"saved:{n}", (f"g {n}",), N_("Saved view %(n)s"), "go", in_palette=False) for n in range(1, 10)),
    Key("page:/desk/views", ("g h",), N_("Saved views"), "go", page=EVERYWHERE),
    Key("page:/desk/unsent", ("g u",), N_("What of mine was not sent"), "go", page=EVERYWHERE),
    Key("page:/desk/me", ("g ,",), N_("My preferences"), "go", page=EVERYWHERE),
    Key("page:/desk/me/access", ("g .",), N_("How I sign in"), "go", page=EVERYWHERE),
    Key("page:/desk/macros", ("g m",), N_("Macros"), "go", page=EVERYWHERE),
    Key(
        "send",
        ("Mod+Enter",),
        N_("Send, or add the note"),
        "compose",
        is_typed=True,
        in_palette=False,
        short=N_("Send reply"),
    ),
    Key("send-close", ("Mod+Shift+Enter",), N_("Send and close"), "compose", is_typed=True, in_palette=False),
    Key("bold", ("Mod+b",), N_("Bold"), "compose", is_typed=True, in_palette=False),
    Key("italic", ("Mod+i",), N_("Italic"), "compose", is_typed=True, in_palette=False),
    Key("leave", ("Escape",), N_("Leave the text; it is kept"), "compose", is_typed=True, in_palette=False),
    Key("find", ("/",), N_("Find an article or a setting"), "lead", page="lead"),
    Key("item-next", ("j",), N_("Next in the list"), "lead", page="lead"),
    Key("item-previous", ("k",), N_("Previous in the list"), "lead", page="lead"),
    Key("agree", ("a",), N_("Approve what is open"), "lead", page="lead"),
    Key("reject", ("x",), N_("Reject what is open"), "lead", page="lead"),
    Key("judge-right", ("+", "="), N_("The answer is right"), "lead", page="lead"),
    Key("judge-wrong", ("!",), N_("The answer is wrong"), "lead", page="lead"),
    Key(STOP, ("Shift+S",), N_("Stop or start the assistant…"), "act", page=EVERYWHERE),
    Key("try", ("Mod+Enter",), N_("Try what I have written"), "lead", is_typed=True, page="lead"),
)
AFTER = {"next": N_("The next conversation"), "stay": N_("Stay where I am"), "list": N_("Back to the list")}
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

    def shown(self, action: str) -> str:
        """The key that is shown beside what it does; empty where none does it for this agent."""
        return next((k for key in KEYS if key.action == action for k in self.key(key)), "")


def preferences(stored: Mapping[str, Any]) -> Preferences:
    """What is stored, as far as it still means something."""
    known = {key.action for key in KEYS}
    own = {action: str(key) for action, key in dict(stored.get("keys", {})).items() if action in known}
    after = stored.get("after") if stored.get("after") in AFTER else "next"
    language = stored.get("language") if stored.get("language") in languages() else ""
    return Preferences(
        bool(stored.get("letters", True)), str(after), str(language), bool(stored.get("notify", False)), own
    )


def registry(chosen: Preferences, page: str = "desk", role: str = "agent") -> list[dict[str, Any]]:
    """For a page, in the order of the help sheet. Only who may go there is shown the way to a lead's pages."""
    return [
        {"action": key.action, "keys": chosen.key(key), "label": key.said, "area": _(AREAS[key.area]),
         "typed": key.is_typed, "palette": key.in_palette}
        for key in KEYS
        if key.page in (page, EVERYWHERE) and _may(role, key)
    ]  # fmt: skip


def _may(role: str, key: Key) -> bool:
    """Whether somebody of this role gets anywhere with it."""
    action = key.action
    if role == READS_ONLY and key.area in ("act", "teach", "compose", "lead"):
        return action in KEYS_OF_READERS
    if role == READS_ONLY and key.path in FOR_WHO_HANDLES:
        return False
    if action == STOP:
        return role in LEADS
    if not key.path or key.path.startswith("/desk/"):
        return True
    return role in LEADS or (role == READS_ONLY and key.path.removeprefix("/") in READ_BY_ANALYSTS)


def called(action: str) -> str:
    """What a button or an entry of a menu says that does it."""
    return next(_(key.short) if key.short else key.said for key in KEYS if key.action == action)


def leads_pages(role: str) -> list[Key]:
    """A lead's pages, as far as somebody of this role may go there."""
    return [key for key in KEYS if key.path in _LEADS_PATHS and _may(role, key)]


def own_pages(role: str) -> list[Key]:
    """What stands in the menu under one's name."""
    by_path = {key.path: key for key in KEYS if key.path}
    return [by_path[path] for path in OWN_PAGES if _may(role, by_path[path])]


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
            found[action] = _("One character, or two with a space between.")
        elif wish in by_key:
            found[action] = _("%(key)s is already for “%(label)s”.", key=wish, label=_label(by_key[wish]))
        elif any(_begins(wish, other) for other in by_key):
            found[action] = _("Another command begins with %(key)s.", key=steps[0])
        taken.append((wish, action))
    return found


def meet(page: str, other: str) -> bool:
    """Whether a key of the one may be pressed where the other is listened to."""
    return page == other or EVERYWHERE in (page, other)


def _begins(wish: str, other: str) -> bool:
    return wish.startswith(f"{other} ") or other.startswith(f"{wish} ")


def _label(action: str) -> str:
    return next(key.said for key in KEYS if key.action == action)
