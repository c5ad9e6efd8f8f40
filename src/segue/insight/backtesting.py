"""A policy that is not live yet, tried on the stored past: reads what was considered, and changes nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from segue.domain.errors import NotFound
from segue.policy.accounts import mindful_of_accounts
from segue.policy.backtest import Backtest, Walk, Who, backtest, behind
from segue.policy.guarantee import Tally
from segue.policy.settings import Policy, load
from segue.store.backtest import PastStore
from segue.store.workspace import Workspace
from segue.texts import _

SHOWN_WORDS = 300
"""Characters of a customer's message beside an example."""


@dataclass(frozen=True, slots=True)
class Backtester:
    workspace: Workspace
    past: PastStore

    def try_policy(self, body: str, since: datetime, now: datetime) -> Backtest:
        """`body` is YAML. Raises Refused where it cannot be read, NotFound where there is no policy to compare with."""
        (found,) = self.try_each([body], since, now)
        return found

    def try_each(self, bodies: Iterable[str], since: datetime, now: datetime) -> list[Backtest]:
        """Several, in their order, on a past that is read once. Raises as `try_policy`."""
        both = [self._both(body) for body in bodies]
        with _no_sweeping():
            found = self._compared(both, since, now)
        return [self._with_words(one) for one in found]

    def behind(self, body: str, since: datetime, was: Who, would: Who) -> list[str]:
        """The conversations that `was` had and `would` have, the newest first, each once. Raises as `try_policy`."""
        old, version, new = self._both(body)
        with _no_sweeping():
            episodes, _lost = self.past.episodes(since)
            found = behind(episodes, old, version, new, self._walks(), was, would)
            del episodes
        return list(dict.fromkeys(reversed(found)))

    def _both(self, body: str) -> tuple[Policy, int, Policy]:
        """The live policy, its version, and what `body` says."""
        catalogue, (version, live) = self.workspace.catalogue(), self._live()
        return mindful_of_accounts(live, catalogue), version, mindful_of_accounts(load(body), catalogue)

    def _compared(self, both: Sequence[tuple[Policy, int, Policy]], since: datetime, now: datetime) -> list[Backtest]:
        """A step of its own, so that all of the past is forgotten again when it ends."""
        (episodes, lost), walks = self.past.episodes(since), self._walks()
        return [backtest(episodes, old, version, new, since, now, lost, walks) for old, version, new in both]

    def _walks(self) -> list[Walk]:
        """Of every fit that is kept and says what it walked."""
        found = ((at, report.get("walk")) for at, report in self.workspace.reports("confidence"))
        return [Walk(at, tuple(Tally(*step) for step in steps)) for at, steps in found if steps]

    def _live(self) -> tuple[int, Policy]:
        live = self.workspace.live_policy()
        if live is None:
            raise NotFound(_("There is no policy yet."), _("Choose one under Set up."))
        return live[0], load(live[1])

    def _with_words(self, found: Backtest) -> Backtest:
        words = self.past.words((e.conversation_id, e.seq) for e in found.examples)
        shown = (replace(e, text=words[e.conversation_id, e.seq][0][:SHOWN_WORDS]) for e in found.examples)
        return replace(found, examples=tuple(shown))


@contextmanager
def _no_sweeping() -> Iterator[None]:
    """Half a million small values are made at once, none of them garbage; looking through them all again and again for
    some would take as long as making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
