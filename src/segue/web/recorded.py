"""The record of the house in sentences: what was changed, for whoever reads it, in their language.

The one idea: an event is kept as codes and ids, and said only here. What an id stands for is looked up when somebody
reads; what is gone since is said without its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Any

from segue.domain.decision import Rung
from segue.domain.errors import NotFound
from segue.domain.evidence import CellName
from segue.domain.moves import Move, Offer
from segue.store.candidates import CandidateStore
from segue.texts import N_, _, forms, languages, word
from segue.web.moved import cell_called, rung_called, told
from segue.web.rooms import Rooms

SAID: Mapping[str, str] = {
    "policy.applied": N_("Version %(version)s of the policy went live."),
    "policy.shadowed": N_("Version %(version)s of the policy began to decide in shadow."),
    "policy.shadow_ended": N_("Version %(version)s of the policy no longer decides in shadow: it was %(outcome)s."),
    "boundary.moved": N_("%(cell)s moved to %(rung)s."),
    "offer.made": N_("%(cell)s has earned the step to %(to)s, which waits for a lead."),
    "offer.approved": N_("The step to %(to)s was taken up for %(cell)s."),
    "offer.declined": N_("The step to %(to)s was turned down for %(cell)s."),
    "offer.withdrawn": N_("The step to %(to)s is no longer offered for %(cell)s."),
    "article.published": N_("%(article)s was published as version %(version)s."),
    "article.retired": N_("%(article)s was retired: nothing is answered from it any more."),
    "article.questioned": N_("The questions that %(article)s should answer were written down."),
    "article.stale": N_("%(article)s was found stale."),
    "article.upheld": N_("%(article)s was found to hold, though a reply said something else."),
    "intent.opened": N_("The matter %(intent)s was opened to the assistant."),
    "candidate.edited": N_("The proposed article %(candidate)s was changed."),
    "candidate.approved": N_("The proposed article %(candidate)s was approved."),
    "candidate.rejected": N_("The proposed article %(candidate)s was rejected."),
    "candidate.merged": N_("The proposed article %(candidate)s was merged into another one."),
    "topic.named": N_("A proposed topic was named: %(intent)s."),
    "topic.dismissed": N_("A proposed topic was dismissed."),
    "topic.filed": N_("A proposed topic was filed as an issue with the product team."),
    "topic.filed_again": N_("A proposed topic is filed as an issue once more."),
    "catalogue.changed": N_("Matters were added or changed: %(intents)s; and of their categories: %(categories)s."),
    "encoder.changed": N_("Another encoder was taken up: everything stored was read anew."),
    "evidence.weighed": N_("%(article)s says something else now: what was judged of the older text counts no more."),
    "head.published": N_("What was learnt from newer cases is in use."),
    "contact.erased": N_("A customer was erased, with everything of theirs."),
    "key.made": N_("The API key “%(name)s” was made."),
    "key.revoked": N_("The API key “%(name)s” was revoked."),
    "agent.placed": N_("%(agent)s was given the role %(role)s, in: %(teams)s."),
    "agent.deactivated": N_(
        "%(agent)s was deactivated: sessions that ended: %(sessions)s, conversations that went back to their team: "
        "%(conversations)s."
    ),
    "agent.reactivated": N_("%(agent)s was let in again."),
    "agent.renamed": N_("The name of an agent was changed: %(name)s."),
    "agent.invited": N_("%(email)s was invited, with the role %(role)s."),
    "agent.arrived": N_("%(email)s came in by the company’s own sign-in."),
    "agent.linked": N_("%(who)s linked themselves to the company’s own sign-in."),
    "agent.password_changed": N_("%(who)s changed their password."),
    "teams.changed": N_("The team “%(name)s” was made or changed."),
    "macro.kept": N_("The macro “%(name)s” was kept for everybody."),
    "macro.removed": N_("The macro “%(name)s” was removed."),
    "view.kept": N_("The view “%(name)s” was kept for everybody."),
    "view.removed": N_("The view “%(name)s” was removed."),
    "language.chosen": N_("The language of the workspace was chosen: %(language)s."),
    "rate.set": N_("An hour of a person’s work was said to cost %(per_hour)s %(currency)s."),
    "invite.renewed": N_("The invitation of %(email)s was renewed."),
    "invite.withdrawn": N_("The invitation of %(email)s was withdrawn."),
    "invite.accepted": N_("%(email)s took the invitation up."),
    "session.ended": N_("%(who)s signed another browser of theirs out."),
    "second_step.set_up": N_("%(who)s set up a second step for signing in."),
    "second_step.removed": N_("The second step of %(agent)s was taken off."),
    "second_step.reset": N_("The second step of %(agent)s was reset, for they had lost it."),
    "second_step.required": N_("A second step for signing in is required of: %(roles)s."),
    "recovery_codes.renewed": N_("%(who)s made themselves new recovery codes."),
    "recovery_code.used": N_("%(who)s signed in with a recovery code."),
    "passkey.added": N_("%(who)s added the passkey “%(name)s”."),
    "passkey.removed": N_("%(who)s removed the passkey “%(name)s”."),
    "provider.changed": N_("The company’s own sign-in was set up or changed."),
    "widget.changed": N_("The look of the widget was changed."),
    "mail.released": N_("A mail that had been set aside was let in."),
    "mail.dropped": N_("A mail that had been set aside was dropped."),
    "mail.restored": N_("A mail that had been dropped was brought back."),
    "tag.renamed": N_("The tag “%(tag)s” was renamed “%(into)s”."),
    "tag.merged": N_("The tag “%(tag)s” was merged into “%(into)s”."),
    "tag.removed": N_("Tags that nothing bore were removed: %(tags)s."),
}
"""By kind; every one in `store.office.KINDS`."""
INSTEAD: Mapping[str, str] = {
    "rate.set": N_("What an hour of a person’s work costs was taken back."),
    "language.chosen": N_("The language of the workspace was left to each browser."),
    "second_step.required": N_("A second step for signing in is required of nobody any more."),
    "provider.changed": N_("The company’s own sign-in was taken off."),
    "agent.placed": N_("%(agent)s was given the role %(role)s, in no team."),
    "widget.changed": N_("The sites that may carry the widget are now: %(origins)s."),
}
"""What is said where there is nothing to name; of the widget, where it is about sites."""
OF_THE_SECRET: Mapping[str, str] = {
    "rotated": N_("The secret that signs who customers are was changed; the one before is still believed."),
    "older one dropped": N_("The older secret that signed who customers are is believed no more."),
}
"""The widget's, by what the event says was done with it."""
NAMELESS: Mapping[str, str] = {
    "cell": N_("a category"), "to": N_("the next rung"), "rung": N_("another rung"), "article": N_("an article"),
    "intent": N_("a matter"), "candidate": N_("without a title"), "agent": N_("somebody who is gone"),
    "role": N_("agent"), "origins": N_("none"),
}  # fmt: skip
OUTCOMES = {"promoted": N_("made live"), "dropped": N_("dropped"), "replaced": N_("replaced by another one")}


class Recorder:
    """Says events of one page. `names`: what agents are called."""

    def __init__(self, house: Rooms, names: Mapping[str, str]) -> None:
        self._house, self._names = house, names

    def says(self, kind: str, author: str, body: Mapping[str, Any]) -> str:
        """A sentence, and after it what somebody noted with it."""
        if move := self._move(kind, body):
            (found,) = told([move], self._categories)
            return " ".join(_sentence(part) for part in (found.says, found.why, found.on) if part)
        named = {name: self._named(name, value) for name, value in self._whole(kind, body).items()}
        values = _Named(named | {"who": self._names.get(author, author)})
        said, places = _text(kind, body), _places(kind, body)
        text = _(said, **{name: values[name] for name in places})
        is_nameless = said.startswith("%(") and not named.get(places[0]) and places[0] != "who"
        return f"{text[:1].upper() if is_nameless else text[:1]}{text[1:]} {body.get('note') or ''}".strip()

    def _whole(self, kind: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """With what its offer says, or under which name an article is known."""
        offer = self._offers.get(str(body.get("offer"))) if kind.startswith("offer.") else None
        slug = {"article": body["slug"]} if "slug" in body else {}
        return {**({"cell": str(offer.cell), "to": int(offer.to)} if offer else {}), **body, **slug}

    def _move(self, kind: str, body: Mapping[str, Any]) -> Move | None:
        return self._moves.get(body.get("standing", 0)) if kind == "boundary.moved" else None

    def _named(self, name: str, value: Any) -> str:
        """How something is called; empty where it cannot be said."""
        if value in (None, "", []):
            return ""
        ways: dict[str, Callable[[Any], str]] = {
            "cell": lambda v: cell_called(CellName.read(v), self._categories), "to": lambda v: rung_called(Rung(v)),
            "rung": lambda v: rung_called(Rung(v)), "article": lambda v: self._articles.get(v, ""),
            "intent": lambda v: self._intents.get(v, v), "candidate": self._candidate,
            "agent": lambda v: self._names.get(v, ""), "role": word, "outcome": lambda v: word(OUTCOMES.get(v, v)),
            "teams": self._listed(self._teams), "roles": lambda v: ", ".join(map(word, v)),
            "tags": ", ".join, "origins": ", ".join, "language": lambda v: languages().get(v, v),
            "per_hour": lambda v: forms.number(v, 2),
        }  # fmt: skip
        return ways.get(name, str)(value)

    def _listed(self, names: Mapping[str, str]) -> Callable[[Sequence[str]], str]:
        return lambda ids: ", ".join(names.get(one, one) for one in ids)

    def _candidate(self, id: str) -> str:
        with suppress(NotFound):
            return f"“{CandidateStore(self._house.db).candidate(id)['title']}”"
        return ""

    @cached_property
    def _categories(self) -> dict[str, str]:
        return {c.id: c.name for c in self._house.workspace.catalogue().categories}

    @cached_property
    def _intents(self) -> dict[str, str]:
        return {i.id: f"“{i.name}”" for i in self._house.workspace.catalogue().intents}

    @cached_property
    def _articles(self) -> dict[str, str]:
        """By id and by slug; one that was taken out has no name any more."""
        there = self._house.library.store.articles()
        return {key: f"“{article.title}”" for article in there for key in (article.id, article.slug)}

    @cached_property
    def _teams(self) -> dict[str, str]:
        return {team.id: team.name for team in self._house.workspace.teams()}

    @cached_property
    def _moves(self) -> dict[int, Move]:
        return {move.number: move for move in self._house.ladder.history.moves()}

    @cached_property
    def _offers(self) -> dict[str, Offer]:
        return {offer.id: offer for offer in self._house.ladder.offers(is_open=False)}


class _Named(dict[str, str]):
    """With a word for what has no name."""

    def __getitem__(self, name: str) -> str:
        return super().get(name) or word(NAMELESS.get(name, "–"))


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:].removesuffix('.')}."


def _text(kind: str, body: Mapping[str, Any]) -> str:
    if kind == "widget.changed" and (done := body.get("identity_secret")):
        return OF_THE_SECRET[done]
    if kind == "widget.changed":
        return INSTEAD[kind] if "origins" in body else SAID[kind]
    named = body.get("teams") if kind == "agent.placed" else any(body.values())
    return SAID[kind] if named or kind not in INSTEAD else INSTEAD[kind]


def _places(kind: str, body: Mapping[str, Any]) -> list[str]:
    """What its sentence names."""
    return [part.partition(")s")[0] for part in _text(kind, body).split("%(")[1:]]
