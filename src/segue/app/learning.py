"""The jobs of the learning loop: look whether lessons make a better head, draft what they could add to the articles.

A look takes seconds to a minute, and must not hold up what is due every second: the schedule runs it beside the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Any

import structlog

from segue.app import anew
from segue.app.door import House
from segue.app.fitted import fitted as fitted_before
from segue.app.fitting import encoded, fitted_anew, named, publish, teach
from segue.assistant.confidence import Confidence
from segue.domain.catalogue import Intent
from segue.knowledge.encoder_service import version_known
from segue.learning.erasing import prove_again, unlearn
from segue.learning.foreign import foreign_texts
from segue.learning.history import Fitted
from segue.learning.refit import OF_ONE, RECENT, Contest, contests, hold_back, refusal, told
from segue.learning.rehearsal import middles_of
from segue.policy.settings import load
from segue.store.learning import Refit
from segue.texts import _
from segue.triage.intents import Examples, IntentHead

log = structlog.get_logger()
NEARLY = 0.02
"""Share of the examples that may be new for the calibration to be carried over."""
NIGHT = time(2, 0)
"""From then on, by the workspace's clock, the day's lessons are looked at."""


def refit(house: House, now: datetime, cause: str, author: str, must: bool = False) -> dict[str, Any]:
    """Looks at a newer head and publishes it if the measures do not drop; `must` publishes it whatever they say.

    Asked for after a few corrections it takes seconds: then the calibration is carried over until the night (see
    `_carried`). Returns the record of it. Where another look is going on, nothing is done and the record says so.
    """
    store = house.lessons.store
    with store.alone() as is_mine:
        if not is_mine:
            return {"is_published": False, "why": "Another refit is going on; `segue learn status` will tell of it."}
        taught, fresh = store.taught()
        found, lacks = _compared(house)
        why_not = "" if must else refusal(found)
        is_afresh = cause == "erasure"  # weights to start from would still know who is erased
        fitted = None if why_not else (_carried(house, fresh) if cause == "asked" else None)
        fitted = fitted if fitted or why_not else fitted_anew(house, is_afresh)
        report: dict[str, Any] = {"contests": told(found)}
        if fitted is not None:
            report["fit"] = publish(house, fitted, now)
        head = house.workspace.head_version("intents") if fitted is not None else None
        why = _why(found, lacks, why_not, fitted is not None, must)
        examples = len(house.knowledge.examples())
        record = Refit(cause, author, examples, taught, fresh, head, fitted is not None, why, report)
        made = store.keep_refit(record, now)
    log.info("refit", cause=cause, published=record.is_published, why=record.why)
    return {"id": made, "cause": cause, "author": author, "examples": record.examples, "fresh": fresh,
            "head": record.head, "is_published": record.is_published, "why": record.why, "report": report,
            "at": now}  # fmt: skip


def _fitted(house: House, cause: str, fresh: int) -> Fitted | None:
    """Weights to start from would still know who was erased: then there are none."""
    carried = _carried(house, fresh) if cause == "asked" else None
    return carried or fitted_anew(house, afresh=cause == "erasure")


def nightly(house: House, now: datetime) -> None:
    """Once a night by the workspace's clock: refits, drafts, looks for new topics. Harmless to ask at any time."""
    live = house.workspace.live_policy()
    if live is None or reads_anew(house):
        return
    local = now.astimezone(load(live[1]).sla.hours.zone)
    if local.time() >= NIGHT and house.lessons.store.claim_night(local.date()):
        run(house, now, "nightly", "segue")


def run_asked(house: House, now: datetime) -> None:
    """Learns where somebody asked for it through the API."""
    by = None if reads_anew(house) else house.lessons.store.take_asked()
    if by is not None:
        run(house, now, "asked", by)


def reads_anew(house: House) -> bool:
    """Whether another encoder came, and what was fitted is no use until all is read anew. Nothing is learnt meanwhile:
    vectors of two encoders say nothing about each other."""
    return version_known(house.encoder) is not None and anew.has_changed(house)


def keep_promise(house: House, now: datetime) -> None:
    """Fits anew, once, where the lead has changed what is promised, where a matter was opened, named or taken out, or
    where another version of Segue had fitted."""
    if reads_anew(house):
        return
    live = house.workspace.live_policy()
    confidence = fitted_before(house.workspace, "confidence", Confidence.from_bytes)
    if confidence is None:
        _after_upgrade(house, now)
    _keep_to_catalogue(house, now)
    if live is None or confidence is None or confidence.proves(load(live[1])):
        return
    if house.workspace.claim_setting(f"fitted_for_policy_{live[0]}", now.isoformat()):
        refit(house, now, "promise", "segue", must=True)


def _keep_to_catalogue(house: House, now: datetime) -> None:
    """An approved article opens its matter, a named topic is a new one: neither waits for somebody's next lesson."""
    head, catalogue = fitted_before(house.workspace, "intents", IntentHead.from_bytes), house.workspace.catalogue()
    if head is None or not catalogue.intents or set(_listed(head.intents)) == set(_listed(catalogue.intents)):
        return
    mark = house.workspace.knowledge_marks()[0]
    if house.workspace.claim_setting(f"fitted_for_catalogue_{mark}_{head.version}", now.isoformat()):
        refit(house, now, "catalogue", "segue")


def _after_upgrade(house: House, now: datetime) -> None:
    """What this version cannot read would leave every matter to people until somebody thought of `segue fit`."""
    stored = house.workspace.head_version("confidence")
    if stored and house.workspace.claim_setting(f"fitted_instead_of_{stored}", now.isoformat()):
        fresh = fitted_anew(house)
        if fresh is not None:
            publish(house, fresh, now)


def run(house: House, now: datetime, cause: str, author: str) -> dict[str, Any]:
    """All that can be learnt now. Without a new example there is no new head; what agents' hands teach is fitted
    whenever they may have moved. Where another encoder came, everything is read anew first."""
    if reads_anew(house):
        record = anew.read_anew(house, now) or {"is_published": False, "why": _("Another process reads anew already.")}
        return {"marks": [], "taught": {}, "refit": record, "drafted": [], "topics": []}
    store = house.lessons.store
    is_new = store.taught()[1] > 0 or store.is_carried() or cause == "asked"
    return {
        "marks": house.ladder.follow(now).report(),
        "taught": teach(house, now),
        "refit": refit(house, now, cause, author) if is_new else None,
        "drafted": house.school.draft(now),
        "topics": house.school.propose_topics(now),
    }


def unlearn_erased(house: House, now: datetime) -> int:
    """Fits anew without those who were erased since the last time; returns how many they were. First erases again whom
    a restore brought back, where it was ended before it had."""
    if house.erasures.must_repeat():
        house.erasures.repeat("segue", now)
    if reads_anew(house):
        return 0
    return unlearn(house.erasures, house.lessons.store, lambda categories: _fitted_without(house, categories, now), now)


def _fitted_without(house: House, categories: list[str], now: datetime) -> bool:
    """As if they had never been here: nothing goes on from a state that knew them."""
    house.watch.unlearn(now)
    teach(house, now)
    prove_again(house.ladder, categories, now)
    done = refit(house, now, "erasure", "segue", must=True)
    if not done["is_published"] and "id" in done:
        house.lessons.store.forget_heads()
    return "id" in done


def _carried(house: House, fresh: int) -> Fitted | None:
    """The head fitted anew with the confidence as it was, where that is honest; else None.

    The confidence is fitted on heads that saw four fifths of the history (learning/rehearsal), so it belongs to the
    way of fitting, not to one head. It stays true while the examples are nearly the same and the list of intents is.
    """
    live = fitted_before(house.workspace, "intents", IntentHead.from_bytes)
    confidence = fitted_before(house.workspace, "confidence", Confidence.from_bytes)
    history, catalogue = Examples.of(house.knowledge.examples()), house.workspace.catalogue()
    if live is None or confidence is None or confidence.head != live.version or fresh > NEARLY * len(history):
        return None
    texts = named(house, catalogue, history.intents)
    head = IntentHead.fit(history, texts, catalogue, live).cooled(live.temperature)
    if _listed(head.intents) != _listed(live.intents):
        return None
    kept = replace(confidence, middles=middles_of(history, texts, catalogue), head=head.version).versioned()
    before = house.workspace.head("confidence")
    report = dict(before[2]) if before else {}
    return Fitted(head, kept, report | {"head": head.version, "carried_from": live.version})


def _listed(intents: Sequence[Intent]) -> list[tuple[str, str, bool]]:
    return [(i.id, i.category_id, i.is_opened) for i in intents]


def _compared(house: House) -> tuple[list[Contest], str]:
    """The contests, and where there are none why."""
    live, catalogue = fitted_before(house.workspace, "intents", IntentHead.from_bytes), house.workspace.catalogue()
    if live is None:
        return [], "There was no head before."
    held = hold_back([x.text for x in house.lessons.store.recent(RECENT, OF_ONE)])
    history = Examples.of(house.knowledge.examples())
    found = contests(
        live, history, named(house, catalogue, history.intents), catalogue, held,
        encoded(house, foreign_texts(), None),
    )  # fmt: skip
    return found, "" if found else f"Only {len(held)} recent cases could be held back: too few to compare."


def _why(found: Sequence[Contest], lacks: str, why_not: str, is_published: bool, must: bool) -> str:
    if why_not:
        return f"Not published, the measures dropped: {why_not}."
    if not is_published:
        return "Not published: there is no catalogue or no policy to fit for."
    if must and refusal(found):
        return f"Published although the measures dropped, because somebody was erased: {refusal(found)}."
    return f"Published. {lacks or found[0].sentence + '.'}"
