"""What an agent's hands do, as plain forms: each does one thing and leads back to the conversation, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import JSONResponse

from segue.desk.bulk import Bulk
from segue.desk.macros import MacroHands
from segue.desk.sending import Sending
from segue.desk.snoozing import until
from segue.desk.tagging import tag_names
from segue.domain.errors import Conflict, Forbidden, NotFound, Refused
from segue.domain.ids import message_place
from segue.domain.people import Agent
from segue.learning.correcting import Correcting
from segue.store.attention import Attention
from segue.store.bulks import Bulks
from segue.store.candidates import CandidateStore
from segue.store.contacts import Contacts
from segue.store.corrections import Corrections
from segue.store.drafts import Drafts
from segue.store.macros import MacroStore
from segue.store.outbox import Outbox
from segue.store.sight import Sight
from segue.store.tags import Tags
from segue.store.unsent import UnsentStore
from segue.store.waiting_replies import WaitingReplies
from segue.texts import _
from segue.web import not_gone
from segue.web.claimed import is_address
from segue.web.desk_page import Refusal, back_to, is_part, show
from segue.web.doors import SignInFirst, handling, signed_in
from segue.web.pages import PRIVATE, PageRoute, go, plain
from segue.web.queue_view import LONGEST_PLACE
from segue.web.rooms import Rooms, rooms

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Field = Annotated[str, Form(max_length=1000)]
Seq = Annotated[int, Form(ge=0, lt=2**31)]
HERE = "/desk/conversations/{conversation}"


class At:
    """Where a form was sent from: who, in which conversation, in which list. A page that says it is somebody else's
    than is signed in now (X-Me) is told to sign in: what was typed and pressed there is not this agent's."""

    def __init__(
        self, request: Request, conversation: str, house: Annotated[Rooms, Depends(rooms)],
        me: Annotated[Agent, Depends(signed_in)], place: Annotated[str, Form(max_length=LONGEST_PLACE)] = "",
    ) -> None:  # fmt: skip
        if request.headers.get("x-me", me.id) != me.id:
            raise SignInFirst(request.url.path)
        self.request, self.conversation, self.house, self.me, self.place = request, conversation, house, me, place
        self.now = datetime.now(UTC)
        self.hand = conversation, me.id

    def does(self, deed: Callable[[], object], tag: str = "") -> Response:
        """Does it; a refusal is shown where it was tried, with the `tag` that had been typed."""
        try:
            deed()
        except (Conflict, Forbidden, Refused) as error:
            return self.refused(Refusal(refusal=str(error), tag=tag))
        except NotFound as error:
            self.house.conversations.one(self.conversation)  # the conversation itself may be what is missing
            return self.refused(Refusal(refusal=str(error)))
        return self.done()

    def moves(self, deed: str, value: str, does: Callable[[], object]) -> Response:
        """As `does`, for what gives it to somebody else; `give_back` takes it back."""
        return self.does(lambda: bulk_of(self.house).move(self.conversation, deed, value, self.me.id, self.now, does))

    def done(self) -> Response:
        """Back to it; to the list where it has gone to a team whose conversations are closed to this agent."""
        self.house.bell.ring("events")
        if not Sight(self.house.db).sees(self.me.id, self.conversation):
            told = {"closed": self._handed_away()}
            return JSONResponse(told, headers=PRIVATE) if is_part(self.request) else go(f"/desk?{self.place}")
        return back_to(self.conversation, self.place)

    def _handed_away(self) -> str:
        team = self.house.conversations.one(self.conversation)["team"]
        if any(kept.text for kept in Drafts(self.house.db).of(self.conversation, self.me.id).values()):
            return _("Handed to %(team)s; it is closed to you. What you typed is kept in My preferences", team=team)
        return _("Handed to %(team)s; it is closed to you", team=team)

    def refused(self, refusal: Refusal) -> Response:
        """Where it was tried, beside the list that stood there."""
        beside = dict(parse_qsl(self.place))
        return show(
            self.request, self.house, self.me, self.conversation, self.now, view=beside.get("view", ""),
            q=beside.get("q", ""), refused=refusal,
        )  # fmt: skip


Here = Annotated[At, Depends(At)]


@router.post(HERE + "/approve", dependencies=[Depends(handling)])
def approve(at: Here, seq: Annotated[int, Form(ge=1)]) -> Response:
    """Sends the suggestion as it stands, under the agent's name."""
    return at.does(lambda: at.house.ladder.judging.approve_answer(at.conversation, seq, at.me.id, at.now))


@router.post(HERE + "/claim", dependencies=[Depends(handling)])
def claim(at: Here, force: Annotated[bool, Form()] = False) -> Response:
    return at.moves("assign", f"agent:{at.me.id}", lambda: at.house.hands.take(*at.hand, at.now, force))


@router.post(HERE + "/assign", dependencies=[Depends(handling)])
def assign(at: Here, to: Field = "") -> Response:
    """`to` is "agent:" or "team:" and an id."""
    kind, _colon, name = to.partition(":")
    whom = {"to": name} if kind == "agent" else {"team": name}
    return at.moves("assign", to, lambda: at.house.hands.assign(*at.hand, at.now, **whom))


@router.post(HERE + "/hand-back", dependencies=[Depends(handling)])
def hand_back(at: Here) -> Response:
    answer = at.moves("hand-back", "", lambda: at.house.hands.hand_back(*at.hand, at.now))
    at.house.bell.ring("ready")
    return answer


@router.post(HERE + "/give-back", dependencies=[Depends(handling)])
def give_back(at: Here) -> Response:
    """Takes back the agent's newest claiming, assigning or handing back of it: to whoever had it before."""
    answer = at.does(lambda: bulk_of(at.house).move_back(*at.hand, at.now))
    at.house.bell.ring("ready")
    return answer


@router.post(HERE + "/resolve", dependencies=[Depends(handling)])
def resolve(at: Here, seen_seq: Seq = 0, matter: Field = "") -> Response:
    """The last words sent count as what solved it. A named matter teaches. Refused where the customer wrote something
    that the agent has not seen."""
    named = matter or None
    return at.does(
        lambda: sending(at.house).resolve(at.conversation, at.me.id, at.now, intent=named, seen_seq=seen_seq)
    )


@router.post(HERE + "/confirm", dependencies=[Depends(handling)])
def confirm(at: Here) -> Response:
    """What a key resolved in somebody's name becomes one's own word, and teaches."""
    return at.does(lambda: at.house.hands.confirm(at.conversation, at.me.id, at.now))


@router.post(HERE + "/reopen", dependencies=[Depends(handling)])
def reopen(at: Here) -> Response:
    return at.does(lambda: at.house.hands.reopen(at.conversation, at.me.id, at.now))


@router.post(HERE + "/snooze", dependencies=[Depends(handling)])
def snooze(
    at: Here, until_when: Annotated[str, Form(alias="until", max_length=40)] = "",
    own: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Out of the lists until then, or until the customer writes. `own`: a time that is none of the choices."""
    then = own or until_when
    return at.does(lambda: Attention(at.house.db).snooze(at.conversation, at.me.id, until(then, at.now), at.now))


@router.post(HERE + "/wake", dependencies=[Depends(handling)])
def wake(at: Here) -> Response:
    return at.does(lambda: Attention(at.house.db).wake(at.conversation, at.me.id, at.now))


@router.post(HERE + "/tag", dependencies=[Depends(handling)])
def tag(at: Here, tag: Field = "") -> Response:
    """One, or several with commas between."""

    def put() -> None:
        if not (names := tag_names(tag)):
            raise Refused(_("No tag was named."), _("Write one."))
        for name in names:
            Tags(at.house.db).put(at.conversation, name, at.me.id, at.now)

    alone = "" if is_part(at.request) else tag  # a script shows it in its own list
    return at.does(put, tag=alone)


@router.post(HERE + "/untag", dependencies=[Depends(handling)])
def untag(at: Here, tag: Field = "") -> Response:
    """One, or several with commas between."""

    def take_off() -> None:
        for name in tag_names(tag):
            Tags(at.house.db).take_off(at.conversation, name, at.me.id, at.now)

    return at.does(take_off)


@router.post(HERE + "/merge", dependencies=[Depends(handling)])
def merge(at: Here, into: Field = "") -> Response:
    """Into another conversation of the same customer, which then is open."""
    try:
        at.house.hands.merge(at.conversation, into, at.me.id, at.now)
    except (Conflict, Refused, NotFound) as error:
        return at.refused(Refusal(refusal=str(error)))
    at.house.bell.ring("events")
    return back_to(into, at.place)


@router.post(HERE + "/unmerge", dependencies=[Depends(handling)])
def unmerge(at: Here) -> Response:
    """Both are as they were, but for what has happened since."""
    answer = at.does(lambda: at.house.hands.unmerge(at.conversation, at.me.id, at.now))
    at.house.bell.ring("ready")
    return answer


@router.post(HERE + "/grade", dependencies=[Depends(handling)])
def grade(at: Here, message: Field = "", verdict: Field = "") -> Response:
    """An agent's word on an answer that chance picked: right or wrong."""
    if verdict not in ("right", "wrong"):
        return at.refused(Refusal(refusal=_("Say whether it was right or wrong.")))
    if message_place(message)[0] != at.conversation:
        raise NotFound(_("There is no message %(message)s here.", message=message), _("Load the conversation again."))
    return at.does(lambda: at.house.ladder.judging.review(message, verdict, at.me.id, at.now))


@router.post(HERE + "/correct", dependencies=[Depends(handling)])
def correct(at: Here, kind: Field = "", value: Field = "", seq: Seq = 0) -> Response:
    """What one key says of the assistant's work."""
    teach, where = correcting(at.house), (at.conversation, at.me.id)
    deeds: dict[str, Callable[[], object]] = {
        "right_call": lambda: teach.judge_handoff(*where, True, at.now),
        "needless": lambda: teach.judge_handoff(*where, False, at.now),
        "intent": lambda: teach.name_intent(*where, value, at.now),
        "wrong": lambda: teach.mark_wrong(*where, seq, value, at.now),
        "article": lambda: teach.propose_article(*where, seq, at.now),
    }
    if kind not in deeds:
        return at.refused(Refusal(refusal=_("“%(kind)s” is nothing that can be said.", kind=kind)))
    return at.does(deeds[kind])


@router.post(HERE + "/undo", dependencies=[Depends(handling)])
def undo(at: Here) -> Response:
    """Takes back the agent's newest word on the assistant's work here."""
    return at.does(lambda: correcting(at.house).undo(at.conversation, at.me.id, at.now))


@router.post(HERE + "/unsend", dependencies=[Depends(handling)])
def unsend(at: Here, reply: Annotated[str, Form(max_length=200)] = "") -> Response:
    """A reply that has not gone yet comes back into the composer."""
    return at.does(lambda: sending(at.house).stop(reply, at.me.id, at.now))


@router.post(HERE + "/again", dependencies=[Depends(handling)])
def again(at: Here, reply: Annotated[str, Form(max_length=200)] = "", seen_seq: Seq = 0) -> Response:
    """A reply that was refused goes out after all: its author has read what was written meanwhile."""
    return at.does(lambda: WaitingReplies(at.house.db).again(reply, at.me.id, seen_seq, at.now))


@router.post(HERE + "/address", dependencies=[Depends(handling)])
def correct_address(at: Here, email: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Where mail to the customer goes from now on, and what did not arrive, once it is sent again."""
    email = plain(email).strip()
    if not is_address(email):
        told = _("This is no e-mail address. Write it as name@company.example.")
        return at.refused(Refusal(address=email, address_flaw=told))
    contact = at.house.conversations.one(at.conversation)["contact_id"]
    try:
        Contacts(at.house.db).correct(contact, email, at.me.id, at.now, at.conversation)
    except Conflict as error:
        return at.refused(Refusal(address=email, address_flaw=str(error)))
    return at.done()


@router.post(HERE + "/deliver", dependencies=[Depends(handling)])
def deliver(at: Here, seq: Seq = 0) -> Response:
    """A mail that was not delivered is tried once more."""
    return at.does(lambda: Outbox(at.house.db).deliver_again(at.conversation, seq, at.me.id, at.now))


@router.post(HERE + "/drop", dependencies=[Depends(handling)])
def drop(
    at: Here, reply: Annotated[str, Form(max_length=200)] = "", seq: Seq = 0,
    of: Annotated[str, Form(max_length=80)] = "",
) -> Response:  # fmt: skip
    """Its author lets be what did not go out: a reply that was refused, or the mail `seq` that did not arrive, of a
    conversation that was merged into this one or of this."""
    store = UnsentStore(at.house.db)
    if reply:
        return at.does(lambda: store.drop_reply(reply, at.me.id, at.now))
    return at.does(lambda: store.drop_mail(of or at.conversation, seq, at.me.id, at.now))


@router.post(HERE + "/undrop", dependencies=[Depends(handling)])
def undrop(at: Here) -> Response:
    return at.does(lambda: UnsentStore(at.house.db).pick_up(at.conversation, at.me.id, at.now))


@router.get("/desk/unsent")
def unsent(house: Annotated[Rooms, Depends(rooms)], me: Annotated[Agent, Depends(handling)]) -> Response:
    """To what of theirs has waited longest; where all has gone out, to what needs them."""
    found = UnsentStore(house.db).of(me.id, 1)
    return go(not_gone.path_of(found[0]) if found else "/desk?view=needs-me")


def sending(house: Rooms) -> Sending:
    macros = MacroHands(MacroStore(house.db), house.hands, Tags(house.db), Attention(house.db))
    return Sending(house.hands, WaitingReplies(house.db), Drafts(house.db), Corrections(house.db), macros)


def bulk_of(house: Rooms) -> Bulk:
    attention = Attention(house.db)
    return Bulk(Bulks(house.db), house.conversations, house.hands, sending(house), attention, Tags(house.db))


def correcting(house: Rooms) -> Correcting:
    return Correcting(
        Corrections(house.db), house.conversations, house.workspace, house.ladder.judging, CandidateStore(house.db)
    )
