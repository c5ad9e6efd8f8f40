"""`segue bench size`: lists, search, similar cases, a turn and the jobs of the clock on the database as it stands, best
one that `segue seed --conversations N` has grown.

The one idea: everything an agent waits for goes through the real web process, a page at a time; what nobody asks for by
itself (similar cases, a turn, a job) is timed in this process. Nothing is asked twice in a row, so that no figure is
one of a warm answer.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
import orjson

from segue.app import learning
from segue.app.bench.turn import measure
from segue.app.browsing import served
from segue.app.door import House, open_house
from segue.app.encoding import encoder_for
from segue.app.mind import Mind
from segue.app.replay.watching import TimedEncoder
from segue.app.schedule import EVERY
from segue.app.settings import Settings
from segue.desk.queue import VIEWS
from segue.domain.errors import Refused
from segue.domain.people import LEADS
from segue.domain.ports import DIMENSIONS
from segue.store.samples import Samples
from segue.web.doors import COOKIE, SCOPES, new_secret

BARS = {"list": 200.0, "search": 300.0, "similar": 200.0}
"""Milliseconds that the 95th percentile may take."""
LISTS = ("", "status=resolved", "handler=human&status=open", "handler=assistant&status=waiting", "handler=human",
         "team=billing", "tag=refund")  # fmt: skip
"""Filters of the list for machines; those of one contact and one agent come beside them."""
PAGES = 3
"""Of a list, by its cursor."""
WORDS = (
    "invoice", "the", "bank", "in", "thanks", "vat", "nosuchword", "export accountant", '"single sign-on"',
    "refund -invoice", "kestrel or consent", "is:open", "is:waiting is:with-ai", "is:unassigned is:open",
    "assignee:me", "assignee:nobody is:with-people", "invoice is:open", "invoice is:resolved", "zzz is:open",
    "channel:email bank", "tier:enterprise invoice", "tier:enterprise is:open", "account:clinics",
    "account:clinics invoice", "matter:refund_request", "from:grace", "from:grace invoice", "from:hugo export",
    "tag:refund", "before:2026-06-01 invoice", "after:2026-11-20 export", "#12345", "123456", "dana melden",
)  # fmt: skip
"""What agents type: common and rare words, phrases, operators alone and together."""
PLACES = ("/quality?days=30", "/quality?days=365", "/autonomy", "/knowledge", "/review")
"""Pages for leads."""
KEY = "bench size"
LATER = frozenset(
    (
        "learn at night what people resolved", "learn when asked to", "fit anew where another promise is made",
        "fit anew without who was erased", "send what waits in the outbox", "take in the mail that came",
    )
)  # fmt: skip
"""Jobs that are no sweep: they wait for a machine elsewhere, or for a night."""
Took = dict[str, list[float]]


def run(at: Settings, rounds: int = 5, turns: int = 60, night: bool = False) -> dict[str, Any]:
    """Milliseconds by percentile. Writes a few conversations; `night` also learns once what a night would.

    Raises Refused where nothing stands in the database.
    """
    encoder = TimedEncoder(encoder_for(at))
    house = open_house(at, encoder)
    samples = Samples(house.db)
    if not samples.conversations:
        raise Refused("There is nothing to measure.", "Seed it: segue seed --conversations 1000000 --data DIR.")
    with served(at) as address:
        browser = _Browser(address, house)
        lists, search, pages = _lists(browser, samples, rounds), _search(browser, rounds), _pages(browser, samples)
        browser.leave()
    figures: dict[str, Any] = {
        "conversations": samples.conversations, "gb": round(samples.bytes / 2**30, 2),
        "list": _told(lists, BARS["list"]), "search": _told(search, BARS["search"]),
        "similar": _told({"similar": _similar(house, samples, rounds * 60)}, BARS["similar"]),
        "pages_ms": {name: _ms(took) for name, took in pages.items()},
        "jobs_ms": _jobs(house), "turn": measure(house, encoder, turns),
    }  # fmt: skip
    if night:
        figures["night_s"] = _timed(lambda: learning.run(house, datetime.now(UTC), "nightly", "segue")) / 1e3
    house.db.close()
    return figures


class _Browser:
    """A machine with a key and a lead who is signed in, over one connection."""

    def __init__(self, address: str, house: House) -> None:
        self._house, self._key, self._token = house, new_secret("sk"), new_secret("ses")
        now, at = datetime.now(UTC), urlsplit(address)
        lead = next(agent for agent in house.workspace.agents() if agent.role in LEADS)
        house.workspace.put_key(KEY, self._key, SCOPES, now)
        house.workspace.begin_session(self._token, lead.id, now)
        self._line = HTTPConnection(at.hostname or "", at.port, timeout=120)

    def leave(self) -> None:
        self._line.close()
        self._house.workspace.end_session(self._token)

    def get(self, path: str, busy_too: bool = False) -> tuple[float, bytes]:
        """Milliseconds until the last byte, and the answer. Raises RuntimeError for anything but 200; with `busy_too`
        a 503 is an answer."""
        headers = {"Authorization": f"Bearer {self._key}", "Cookie": f"{COOKIE}={self._token}"}
        begin = time.perf_counter()
        self._line.request("GET", path, headers=headers)
        answer = self._line.getresponse()
        body = answer.read()
        took = (time.perf_counter() - begin) * 1e3
        if answer.status != 200 and not (busy_too and answer.status == 503):
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        return took, body


def _lists(browser: _Browser, samples: Samples, rounds: int) -> Took:
    took: Took = defaultdict(list)
    own = [f"contact={contact}" for contact in samples.contacts(rounds)]
    for n in range(rounds):
        for asked in (*LISTS, own[n % len(own)]):
            _page_through(browser, asked, took)
        for view in VIEWS:
            took[f"desk {view.id}"].append(browser.get(f"/desk?view={view.id}")[0])
    return took


def _page_through(browser: _Browser, asked: str, took: Took) -> None:
    cursor = ""
    for _ in range(PAGES):
        ms, body = browser.get(f"/api/v1/conversations?{asked}{cursor}")
        took[f"api {'one contact' if asked.startswith('contact') else asked or 'all'}"].append(ms)
        after = orjson.loads(body)["next_cursor"]
        if after is None:
            return
        cursor = f"&after={after}"


def _search(browser: _Browser, rounds: int) -> Took:
    took: Took = defaultdict(list)
    for _ in range(rounds):
        for typed in WORDS:
            took[typed].append(browser.get(f"/desk?{urlencode({'q': typed})}")[0])
    return took


def _pages(browser: _Browser, samples: Samples) -> Took:
    took: Took = defaultdict(list)
    for one in samples.ids(30):
        took["conversation"].append(browser.get(f"/desk/conversations/{one}")[0])
    for _ in range(3):
        for path in PLACES:
            took[path].append(browser.get(path, busy_too=True)[0])
    return took


def _similar(house: House, samples: Samples, several: int) -> list[float]:
    """Vectors near real ones, as the next customer's are."""
    random = np.random.default_rng(7)
    found = samples.vectors(several)
    near = found + random.normal(0, 0.3 / np.sqrt(DIMENSIONS), found.shape).astype(np.float32)
    return [_timed(partial(house.library.similar, v / np.linalg.norm(v))) for v in near]


def _jobs(house: House) -> dict[str, float]:
    """Each job of the clock, the median of three, once it has done what was there to do."""
    mind, found = Mind(house), dict[str, float]()
    for name, job in EVERY.items():
        if name not in LATER:
            took = [_timed(partial(job.do, house, mind, datetime.now(UTC))) for _ in range(4)]
            found[name] = round(float(np.median(took[1:])), 2)
    return found


def _told(took: Took, bar: float) -> dict[str, Any]:
    """Over all, and the three kinds that take longest by their median."""
    every = _ms([ms for some in took.values() for ms in some])
    slowest = sorted(took, key=lambda name: -float(np.median(took[name])))[:3]
    return {**every, "bar": bar, "holds": every["p95"] <= bar, "slowest": {n: _ms(took[n])["p50"] for n in slowest}}


def _ms(took: list[float]) -> dict[str, float]:
    p50, p95, most = np.percentile(took, (50, 95, 100))
    return {"n": len(took), "p50": round(p50, 1), "p95": round(p95, 1), "most": round(most, 1)}


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3
