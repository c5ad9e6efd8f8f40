"""Issues in a product team's tracker, by the part of the API that GitHub, Gitea and Forgejo share.

The one idea: none of them takes a key with what is created, so ours stands in the issue's text, and whoever is not sure
whether it was created looks through what has changed since.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson

from segue.domain.errors import SegueError, Unavailable
from segue.domain.ports import Calling, Tried
from segue.texts import _

PAGE, MOST_PAGES = 50, 20
SHOWN = 600
"""Bytes of an answer that are shown to whoever tries it."""
APART = timedelta(hours=1)
"""By which the tracker's clock and ours may differ."""


class Repository:
    """`address` is the repository's in the API: https://api.github.com/repos/yours/product."""

    def __init__(self, calling: Calling, address: str, token: str) -> None:
        self._calling, self._address = calling, address.rstrip("/")
        self._headers = {"Authorization": f"token {token}", "Accept": "application/json"}

    def find(self, key: str, since: datetime) -> list[str]:
        """Where the issue with `key` stands, if there is one that changed since then; several were one too many."""
        places = list[str]()
        changed = (since - APART).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for page in range(1, MOST_PAGES + 1):
            asked = {"state": "all", "since": changed, "per_page": PAGE, "limit": PAGE, "page": page}
            found = _read(*self._calling.get(f"{self._address}/issues?{urlencode(asked)}", self._headers))
            places += [str(one["html_url"]) for one in found if key in (one.get("body") or "")]
            if len(found) < PAGE:
                return places
        raise Unavailable(
            _("More issues have changed in the tracker than can be looked through."), _("Try again later.")
        )

    def create(self, title: str, text: str, key: str) -> str:
        """Where it stands now."""
        body = orjson.dumps({"title": title, "body": f"{text}\n\n{key}"})
        headers = {**self._headers, "Content-Type": "application/json"}
        return str(_read(*self._calling.post(f"{self._address}/issues", body, headers))["html_url"])

    def try_out(self) -> Tried:
        """Asks for one issue, as `find` does; nothing is filed."""
        where = f"{self._address}/issues?per_page=1&limit=1"
        lines = [f"→ GET {where}", "→ Authorization: token ••••"]
        try:
            status, body = self._calling.get(where, self._headers)
        except SegueError as error:
            return Tried(False, str(error), (*lines, "← –"))
        lines += [f"← {status}", f"← {body[:SHOWN].decode('utf8', 'replace')}"]
        try:
            _read(status, body)
        except SegueError as error:
            return Tried(False, str(error), tuple(lines))
        return Tried(True, _("It answers, and takes the token. Nothing was filed."), tuple(lines))


def _read(status: int, body: bytes) -> Any:
    if status not in (200, 201):
        raise Unavailable(
            _("The tracker answered with status %(status)s.", status=status),
            _("Look whether SEGUE_TRACKER and its token are right."),
        )
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unavailable(_("The tracker's answer cannot be read."), _("Try again later.")) from error
