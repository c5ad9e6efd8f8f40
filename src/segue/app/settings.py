"""Settings come from the environment: `SEGUE_*`, and `DATABASE_URL` for a server that is not ours."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from segue.app.validation import check
from segue.domain.errors import Refused
from segue.domain.files import MEGABYTE, FileCaps
from segue.domain.mail import LONGEST_LOCAL

_ADDRESS = re.compile(r"[^@\s,;:<>()\[\]\"\\\x00-\x1f\x7f]{1,64}@[\w.-]{1,253}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. `SEGUE_` + the name in capitals sets it."""

    data: Path = Path("data")
    """Folder for the embedded database, sockets and logs."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    port: int = 8800
    """Port to listen on."""
    proxy: str = ""
    """Addresses of the proxies in front, comma-separated, whose word on a browser's address and on https is believed;
    empty means none. Set it behind a proxy, or all customers share one limit and cookies are not marked for https."""
    address: str = ""
    """Where people reach the house, such as `https://desk.yours.example`: links in invitations lead there, and passkeys
    and the provider of identities are bound to it. Empty: the address their browser asks for."""
    invite_days: int = 7
    """Days until an invitation expires."""
    private: str = ""
    """Hosts inside your own network that may be called, comma-separated, as `login.internal` or `10.1.0.0/16`, also by
    plain HTTP. Empty: nothing that is not on the public net."""
    workers: int = 1
    """Worker processes that consider messages."""
    webs: int = 1
    """Web processes on the one port: more where `segue load` names the web as what is busiest, and cores are idle."""
    reads_at_once: int = 3
    """Pages a web process makes at the same time, the others standing in a line and refused where they would come too
    late: so messages stay quick where very many people look. 0: no line."""
    encoder: str = "minilm"
    """`minilm`, or `standin` for tests that are not about quality."""
    encoder_socket: str = ""
    """Socket of the encoder process; empty means the encoder runs inside the process that needs it."""
    log: str = "info"
    """Least level that is logged: debug, info, warning or error."""
    smtp: str = ""
    """Mail server for replies, `smtp://user:password@host:587` or `smtps://…`; empty means that mail waits:
    a day for what the house wrote by itself, a week for a person's; what waited longer is told as not sent."""
    mail_from: str = "support@segue.invalid"
    """Address that mail comes from; `Your Support <support@yours.example>` names it, too."""
    mail_name: str = ""
    """Name that mail comes under; empty means the address alone."""
    mail_reply: str = ""
    """Address that answers go to; a key is put before its @, so it must take `name+anything@`, and its
    name may have 16 letters. Empty: the one above."""
    mail_listen: str = ""
    """Address and port to take mail on by LMTP or SMTP, such as `127.0.0.1:8825`; empty means none."""
    imap: str = ""
    """Mailbox to fetch mail from, `imaps://user:password@host/INBOX`; empty means none."""
    tracker: str = ""
    """Repository that issues are filed in, by its address in the API of GitHub, Gitea or Forgejo, such as
    `https://api.github.com/repos/yours/product`; empty means that nothing is filed."""
    tracker_token: str = ""
    """Token of the tracker's account that files them; it needs to read and write issues, no more."""
    mail_authserv: str = ""
    """Name of the mail server whose Authentication-Results are believed: what answers a conversation in its
    customer's name without its word for it is set aside. Empty: nobody vouches for senders, and whoever has the address
    of a reply can answer it in the customer's name."""
    identity_keys: str = ""
    """Public Ed25519 keys of your server, comma-separated, that may say who a customer is beside the widget's secret;
    each as it stands in PEM between the first and the last line. Empty: the secret alone."""
    user_hash_secret: str = ""
    """Secret with which your server makes a `user_hash` for another helpdesk, for the time in which you move; such a
    hash never ends and tells nothing but an id. Empty: none is believed."""
    file_mb: float = 10
    """Megabytes (millions of bytes) of the largest file that is taken."""
    files_mb: float = 18
    """Megabytes of the files of one message together; most mail servers take no more than 18 in one mail."""
    files_most: int = 10
    """Files that one message may have."""
    database_url: str = ""
    """A PostgreSQL server of yours; empty means the embedded one. Read from `DATABASE_URL`."""

    @property
    def file_caps(self) -> FileCaps:
        return FileCaps(round(self.file_mb * MEGABYTE), round(self.files_mb * MEGABYTE), self.files_most)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Raises Refused, naming the variable, for a value of the wrong kind or none that can be meant."""
        found: dict[str, Any] = {}
        for field in fields(cls):
            name = variable(field.name)
            if name in environment:
                found[field.name] = value = _read(name, environment[name], KINDS[str(field.type)])
                if field.name in LEAST and not LEAST[field.name] <= value < MOST:
                    bounds = f"{LEAST[field.name]} to {MOST - 1:,}"
                    raise Refused(f"{name} is {value}; it may be {bounds}.", f"Correct or unset {name}.")
        check(found, variable)
        return cls(**_addressed(found))


DOORS = frozenset({
    "host", "proxy", "address", "private", "smtp", "mail_from", "mail_name", "mail_reply", "mail_listen", "imap",
    "mail_authserv",
    "tracker", "tracker_token", "identity_keys", "user_hash_secret",
})  # fmt: skip
"""Settings by which the outside comes in, or is reached. A house that is thrown away has none of them: mail that it
took would be lost with it, and what it wrote would go to people who are real."""
PLACES = frozenset({"data", "port", "encoder_socket", "database_url"})
"""Where a house stands. One that is thrown away stands elsewhere."""
MANNERS = frozenset({
    "invite_days", "workers", "webs", "reads_at_once", "encoder", "log", "file_mb", "files_mb", "files_most",
})  # fmt: skip
"""How it works, wherever it stands: these may be taken over. Each setting is one of the three."""


def thrown_away(like: Settings, data: Path, database_url: str = "") -> Settings:
    """Settings of a house for a while: it works like the other, in a folder of its own, with no door to the outside."""
    plain = Settings(data=data, database_url=database_url)
    return replace(plain, **{name: getattr(like, name) for name in MANNERS})


AROUND = {
    "SEGUE_POSTGRES_BIN": "Folder with PostgreSQL's programs, where the installed ones cannot be used.",
    "SEGUE_ENCODER_PRECISION": "How `run.py` builds the encoder: `int8` (default), `int8-reduced` for"
    " processors without VNNI, or `fp32`.",
    "SEGUE_INSTALLER": "`pip` makes `run.py` do without uv.",
    "SEGUE_CHROMIUM": "The browser that `run.py test` drives; else the system's.",
    "SEGUE_BROWSER_HOUSE": "Command that starts the house which the browser tests look at.",
}
"""Variables that are read beside the settings: by the set-up, the database's start and the tests."""


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return "DATABASE_URL" if name == "database_url" else f"SEGUE_{name.upper()}"


def _addressed(found: dict[str, Any]) -> dict[str, Any]:
    """Where the address of our mail carries a name, that is taken apart. Raises Refused for what is no address."""
    name, is_named, rest = found.get("mail_from", "").rpartition("<")
    if is_named and rest.endswith(">") and name.strip():
        found = {"mail_name": name.strip().strip('"'), **found, "mail_from": rest[:-1].strip()}
    for which in ("mail_from", "mail_reply"):
        if found.get(which) and not _ADDRESS.fullmatch(found[which]):
            name = variable(which)
            raise Refused(f"{name} is {found[which]!r}, which is no e-mail address.", f"Correct or unset {name}.")
    which = "mail_reply" if found.get("mail_reply") else "mail_from"
    if len(found.get(which, "").partition("@")[0].partition("+")[0].encode()) > LONGEST_LOCAL:
        raise Refused(
            f"{variable(which)} is {found[which]!r}: answers go to it with a key before its @, and with more than"
            f" {LONGEST_LOCAL} letters there that is too long for mail servers.",
            "Name a shorter address for answers in SEGUE_MAIL_REPLY; mail comes from SEGUE_MAIL_FROM all the same.",
        )
    return found


LEAST = {
    "port": 0, "invite_days": 1, "workers": 1, "webs": 1, "reads_at_once": 0,
    "file_mb": 0, "files_mb": 0, "files_most": 0,
}  # fmt: skip
"""Without a worker or a web a house waits for good, and nobody is told."""
MOST = 100_000


def _folder(text: str) -> Path:
    """An empty path is the folder one happens to stand in: nobody means that by an empty variable."""
    if not text.strip():
        raise ValueError
    return Path(text)


Kind = Callable[[str], Any]
KINDS: dict[str, Kind] = {"int": int, "float": float, "str": str, "Path": _folder}
"""By how they are written above: a default of 10 does not say whether 2.5 may be set."""
SAID: dict[Kind, str] = {int: "whole number", float: "number", _folder: "folder"}


def _read(name: str, text: str, kind: Kind) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise Refused(f"{name} is {text!r}, which is no {SAID[kind]}.", f"Correct or unset {name}.") from None
