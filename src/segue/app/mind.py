"""The mind: what decides at the moment. Policy, catalogue and fitted heads, derived from rows, and made anew when one
of them changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import structlog

from segue.app.door import House
from segue.app.fitted import fitted, spelling_of, standing_boundary, taught, waiting_for_cases
from segue.app.parts import Briefer, Decider
from segue.assistant.answer import Assistant
from segue.assistant.confidence import Confidence
from segue.domain.catalogue import Catalogue
from segue.domain.knowledge import Found
from segue.domain.ports import Vector
from segue.domain.traces import traced
from segue.intake.receive import Receiver
from segue.intake.shadowing import Shadow
from segue.knowledge.encoder_service import version_known
from segue.learning.ladder import MARKS
from segue.policy.accounts import mindful_of_accounts
from segue.policy.beside import SilentDecider
from segue.policy.settings import Policy, load
from segue.policy.settings.written import FIRST, starter_text
from segue.store.shadows import Run
from segue.triage.assess import ByAgents, Triage
from segue.triage.effort import EffortFit
from segue.triage.frustration import Tone
from segue.triage.habit import UrgencyHabit
from segue.triage.intents import IntentHead
from segue.triage.language import written_in
from segue.triage.mood import MoodHead
from segue.triage.said import Said
from segue.triage.topics import Topics

log = structlog.get_logger()
_AGAIN = 60.0
"""Seconds after which what waits for cases of its own is counted again, whatever was heard."""


@dataclass(frozen=True, slots=True)
class Versions:
    """What a mind was made of; while the rows say the same, it holds."""

    policy: int
    intents: str | None
    confidence: str | None
    tone: str | None
    taught: tuple[str | None, ...]
    """What agents taught triage: their habit of urgency, what complexity costs, and who sounds frustrated."""
    catalogue: str
    articles: str
    moves: int
    """Number of the newest move of the boundary."""
    marks: str | None
    language: str
    """The workspace's; empty for none."""
    shadow: Run | None
    made_with: str | None
    """The encoder whose vectors the heads read, and the one that runs; None while nobody knows."""
    reads_with: str | None

    @property
    def reads_anew(self) -> bool:
        """Whether what was fitted reads another encoder's vectors: then it is no use."""
        return None not in (self.made_with, self.reads_with) and self.made_with != self.reads_with


class Mind:
    """The receiver of the moment."""

    receiver: Receiver
    policy: Decider
    """The one that `receiver` decides with."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._made_of: Versions | None = None
        self._seen_to: Versions | None = None
        self._judged, self._counted = 0, 0.0
        self._lacking: frozenset[tuple[str, str]] = frozenset()
        """By category and matter, what would answer alone with more cases of its own."""
        self.refresh()

    def refresh(self) -> bool:
        """Takes up what changed; returns whether something did."""
        versions, judged = self._versions()
        if versions == self._made_of and not self._has_grown(judged):
            return False
        self._make(versions)
        self._made_of, self._judged = versions, judged
        return True

    def see_to(self, job: Callable[[], object]) -> None:
        """Runs what has to be looked at once for what the mind is made of, and not again before that changes; a job
        that fails is run again."""
        made_of = self._made_of
        if made_of != self._seen_to:
            job()
            self._seen_to = made_of

    def _has_grown(self, judged: int) -> bool:
        """Whether a matter that waits for a key for lack of cases has them now. `judged`: the number of the newest
        judgement, for only after one it is counted again, and only what waits: so the mind is made anew with the last
        of five cases, not with each. And each minute, for a number may be seen before a smaller one is."""
        is_news = judged != self._judged or time.monotonic() > self._counted + _AGAIN
        if not self._lacking or not is_news:
            return False
        found = self._house.ladder.store.judged_by_matter(self._lacking)
        self._judged, self._counted = judged, time.monotonic()
        boundary = replace(self.policy.boundary, judged=found)
        return any(not boundary.lacks(matter, category) for category, matter in self._lacking)

    def _begun(self) -> Any:
        """The marks of all that decides. A workspace without a live policy begins: the starter policy is published."""
        workspace = self._house.workspace
        if (marks := workspace.made_of()).policy is None:
            workspace.apply_policy(starter_text(FIRST), "segue", "The starter policy.", datetime.now(UTC))
            marks = workspace.made_of()
        return marks

    def _versions(self) -> tuple[Versions, int]:
        """And the number of the newest judgement."""
        marks = self._begun()
        heads = marks.heads
        by_hands = heads.get("urgency"), heads.get("effort"), heads.get("mood")
        return Versions(
            marks.policy, heads.get("intents"), heads.get("confidence"), heads.get("tone"), by_hands, marks.catalogue,
            marks.articles, marks.moves, heads.get(MARKS), str(marks.language or ""), self._house.shadows.running(),
            marks.made_with, version_known(self._house.encoder),
        ), marks.judged  # fmt: skip

    def _make(self, versions: Versions) -> None:
        """Makes the receiver, its policy and what is lacking anew."""
        house, workspace = self._house, self._house.workspace
        catalogue = workspace.catalogue()
        policy = mindful_of_accounts(load(workspace.policy(versions.policy)), catalogue)
        names = {i.id: i.name for i in catalogue.intents}
        articles = {a.id: a for a in house.knowledge.articles()}
        confidence = fitted(workspace, "confidence", Confidence.from_bytes)
        moves = house.ladder.history.moves()
        boundary = standing_boundary(workspace, moves, policy, confidence)
        self.policy = Decider(policy, versions.policy, boundary, house.chance_secret)
        self._lacking = waiting_for_cases(boundary, catalogue)
        triage, reads_anew = self._triage(versions, policy, names)
        self.receiver = Receiver(
            triage=triage,
            assistant=Assistant(
                self._search, catalogue, articles, confidence, versions.language, reads_anew, written_in, triage.taught,
                house.library.encode,
            ),
            policy=self.policy,
            desk=Briefer(
                house.library, {t.id: t.name for t in workspace.teams()}, catalogue.names,
                {a.id: a.title for a in articles.values()}, policy, versions.language,
            ),
            shadow=self._shadow(versions.shadow, policy, catalogue, confidence),
            moves=versions.moves,
        )  # fmt: skip

    def _triage(self, versions: Versions, policy: Policy, names: Mapping[str, str]) -> tuple[Triage, bool]:
        """And whether what was fitted is no use: it reads another encoder's vectors, or may, for it is being changed at
        this very moment."""
        house, workspace = self._house, self._house.workspace
        topics, usual = policy.compiled_topics(), policy.usual_language(versions.language)
        intents, tone = fitted(workspace, "intents", IntentHead.from_bytes), fitted(workspace, "tone", Tone.from_bytes)
        by_agents = ByAgents(
            taught(workspace, "urgency", UrgencyHabit.from_bytes), taught(workspace, "effort", EffortFit.from_bytes),
            taught(workspace, "mood", MoodHead.from_bytes),
        )  # fmt: skip
        zone = policy.sla.hours.zone
        if versions.reads_anew or house.anew.made_with() != versions.made_with:
            of_words = ByAgents(effort=by_agents.effort)
            return Triage(house.encoder, None, topics, None, names, usual, of_words, zone=zone), True
        fitted_to = versions.made_with or ""
        slips = spelling_of(intents) if intents else None
        return Triage(house.encoder, intents, topics, tone, names, usual, by_agents, fitted_to, slips, zone), False

    def _shadow(
        self, run: Run | None, live: Policy, catalogue: Catalogue, confidence: Confidence | None
    ) -> Shadow | None:
        """The policy that is tried in silence. One that cannot be read must not stop the live one."""
        if run is None:
            return None
        house = self._house
        try:
            policy = mindful_of_accounts(load(house.workspace.policy(run.version)), catalogue)
            moves = house.ladder.history.moves()
            boundary = standing_boundary(house.workspace, moves, policy, confidence)
            topics = None if policy.topics == live.topics else Topics(policy.compiled_topics())
        except Exception as error:
            log.error("shadow.unreadable", version=run.version, **traced(error))
            return None
        reads = None if topics is None else (lambda text: topics.flags(Said.of(text)))
        return Shadow(run.id, SilentDecider(policy, run.version, boundary, house.chance_secret, reads), house.shadows)

    def _search(self, text: str, vector: Vector, limit: int) -> Sequence[Found]:
        return self._house.library.search(text, vector, datetime.now(UTC).date(), limit)
