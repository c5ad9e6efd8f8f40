"""The door: builds the house for one process. It reaches the database, and lasts as long as the process."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from segue.app.encoding import encoder_for
from segue.app.filing import Filing
from segue.app.fitted import fitted_boundary, proven_boundary
from segue.app.mailing import MailIntake
from segue.app.post import Post
from segue.app.settings import Settings
from segue.app.ways import mail_ways, tries_of
from segue.desk.hands import Hands
from segue.desk.macros import MacroHands
from segue.desk.sending import Sending
from segue.domain.errors import Refused
from segue.domain.mail import MailKeys
from segue.domain.ports import Encoder
from segue.intake.automatic import Ours
from segue.integrations.mail.jail import Reader
from segue.integrations.mail.sending import WayOut, compose, own_letter, send
from segue.integrations.outgoing import Outgoing
from segue.integrations.tracker import Repository
from segue.knowledge.library import Library
from segue.learning.begun import Beginnings
from segue.learning.ladder import Ladder
from segue.learning.lessons import Lessons
from segue.learning.school import School
from segue.learning.watch import ArticleWatch
from segue.policy.boundary import Boundary
from segue.policy.settings import load
from segue.store.anew import Anew
from segue.store.attachments import Attachments
from segue.store.attention import Attention
from segue.store.candidates import CandidateStore
from segue.store.channels import Channels
from segue.store.conversations import Conversations
from segue.store.corrections import Corrections
from segue.store.database import Database
from segue.store.desk import Desk
from segue.store.drafts import Drafts
from segue.store.erasure import ErasureStore
from segue.store.events import Bell, EventLog, Follower
from segue.store.evidence import EvidenceStore
from segue.store.inbox import Inbox
from segue.store.issues import IssueStore
from segue.store.knowledge import KnowledgeStore
from segue.store.learning import LearningStore
from segue.store.macros import MacroStore
from segue.store.mail import MailStore
from segue.store.moves import MoveStore
from segue.store.outbox import Outbox
from segue.store.rewriting import Rewriting
from segue.store.shadows import Shadows
from segue.store.signals import Signals
from segue.store.stale import StaleStore
from segue.store.tags import Tags
from segue.store.waiting_replies import WaitingReplies
from segue.store.workspace import Workspace
from segue.web.accepting import FrontDoor
from segue.web.doors import KeyRing
from segue.web.identity import Identity, keys_of
from segue.web.links import Links
from segue.web.rooms import Entry, Rooms
from segue.web.stream import Stream


@dataclass(frozen=True)
class House:
    """Everything one process needs, over one database and one encoder."""

    settings: Settings
    db: Database
    encoder: Encoder
    bell: Bell

    @cached_property
    def workspace(self) -> Workspace:
        return Workspace(self.db)

    @cached_property
    def knowledge(self) -> KnowledgeStore:
        return KnowledgeStore(self.db)

    @cached_property
    def library(self) -> Library:
        return Library(self.knowledge, self.encoder)

    @cached_property
    def lessons(self) -> Lessons:
        return Lessons(LearningStore(self.db), self.library)

    @cached_property
    def school(self) -> School:
        return School(self.db, self.library)

    @cached_property
    def watch(self) -> ArticleWatch:
        return ArticleWatch(StaleStore(self.db), self.library, self.workspace)

    @cached_property
    def rewriting(self) -> Rewriting:
        return Rewriting(self.db)

    @cached_property
    def anew(self) -> Anew:
        return Anew(self.db)

    @cached_property
    def erasures(self) -> ErasureStore:
        return ErasureStore(self.db)

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self.db)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.db)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self.db)

    @cached_property
    def hands(self) -> Hands:
        return Hands(self.desk, self.conversations, self.workspace, self.signals)

    @cached_property
    def sending(self) -> Sending:
        macros = MacroHands(MacroStore(self.db), self.hands, Tags(self.db), self.attention)
        return Sending(self.hands, WaitingReplies(self.db), Drafts(self.db), Corrections(self.db), macros)

    @cached_property
    def attention(self) -> Attention:
        return Attention(self.db)

    @cached_property
    def signals(self) -> Signals:
        return Signals(self.db)

    @cached_property
    def events(self) -> EventLog:
        return EventLog(self.db)

    @cached_property
    def follower(self) -> Follower:
        return Follower(self.db, "house", self.events)

    @cached_property
    def ladder(self) -> Ladder:
        return Ladder(EvidenceStore(self.db), self.workspace, self._begun)

    def _begun(self) -> Boundary:
        live = self.workspace.live_policy()
        moves = self.ladder.history.moves()
        return fitted_boundary(self.workspace, moves, load(live[1]) if live else None)

    @cached_property
    def beginnings(self) -> Beginnings:
        return Beginnings(MoveStore(self.db), self.workspace, lambda policy: proven_boundary(self.workspace, policy))

    @cached_property
    def shadows(self) -> Shadows:
        return Shadows(self.db)

    @cached_property
    def chance_secret(self) -> bytes:
        """What chance is keyed with, made once per workspace."""
        self.workspace.claim_setting("chance_secret", secrets.token_urlsafe(48))
        return str(self.workspace.setting("chance_secret")).encode()

    @cached_property
    def post(self) -> Post:
        return Post(self.outbox, self.mails, self._way_out, lambda: self.mail_keys, self.attachments, Channels(self.db))

    def write_letter(self, to: str, subject: str, text: str) -> bool:
        """A mail of the house itself, sent now: what it holds may not lie in a table. See `Writing`."""
        if not self.settings.smtp:
            return False
        way = self._way_out
        send(way, compose(way, own_letter(way, to, subject, text, _now())))
        return True

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self.db)

    @cached_property
    def repository(self) -> Repository:
        calling = Outgoing(self.settings.private.split(","))
        return Repository(calling, self.settings.tracker, self.settings.tracker_token)

    @cached_property
    def filing(self) -> Filing:
        return Filing(IssueStore(self.db), CandidateStore(self.db), self.repository)

    @cached_property
    def mails(self) -> MailStore:
        return MailStore(self.db)

    @property
    def _way_out(self) -> WayOut:
        at = self.settings
        return WayOut(at.smtp, at.mail_from, self.mail_mark, at.mail_name)

    @cached_property
    def mail_keys(self) -> MailKeys:
        """Marks our mails with a secret made once per workspace."""
        self.workspace.claim_setting("mail_secret", secrets.token_urlsafe(48))
        secret = str(self.workspace.setting("mail_secret")).encode()
        return MailKeys(secret, self.settings.mail_reply or self.settings.mail_from)

    @cached_property
    def mail_mark(self) -> str:
        """What stands on every mail of this workspace, and tells nobody its secret."""
        return hashlib.sha256(b"house " + self.mail_keys.secret).hexdigest()[:16]

    @cached_property
    def mail_intake(self) -> MailIntake:
        return MailIntake(
            self.mails, self._ours, Reader(self.settings.mail_authserv), Reader(self.settings.mail_authserv)
        )

    def _ours(self) -> Ours:
        own = {a.lower() for a in (self.settings.mail_from, self.settings.mail_reply) if a}
        return Ours(self.mail_keys, own, self.mail_mark, self.mails.agents(), bool(self.settings.mail_authserv))

    @cached_property
    def identity(self) -> Identity:
        """Signs who customers are, with a secret of the workspace's own. One that was rotated is believed meanwhile,
        and so are the keys that the operator lists."""
        self.workspace.claim_setting("identity_secret", secrets.token_urlsafe(48))
        older = self.workspace.setting("identity_secret_older") or ""
        public, hashes = keys_of(self.settings.identity_keys), self.settings.user_hash_secret
        return Identity(str(self.workspace.setting("identity_secret")), str(older), public, hashes)

    @cached_property
    def links(self) -> Links:
        """Signs links to files, with a secret of their own: what opens a file vouches for nobody."""
        self.workspace.claim_setting("file_secret", secrets.token_urlsafe(48))
        return Links(str(self.workspace.setting("file_secret")).encode())

    @cached_property
    def attachments(self) -> Attachments:
        return Attachments(self.db)


def open_house(settings: Settings, encoder: Encoder | None = None) -> House:
    """Raises Refused where no database is named, DatabaseUnavailable where it does not answer."""
    if not settings.database_url:
        raise Refused("No database is named.", "Start with `segue up`, or set DATABASE_URL.")
    db = Database(settings.database_url).open()
    return House(settings, db, encoder or encoder_for(settings), Bell(settings.database_url))


def web_rooms(house: House) -> Rooms:
    return Rooms(
        db=house.db,
        front_door=FrontDoor(house.db.conninfo, house.bell),
        inbox=house.inbox,
        conversations=house.conversations,
        hands=house.hands,
        library=house.library,
        workspace=house.workspace,
        stream=Stream(house.db.conninfo, house.events),
        bell=house.bell,
        keys=KeyRing(house.workspace),
        identity=house.identity,
        ladder=house.ladder,
        links=house.links,
        caps=house.settings.file_caps,
        entry=Entry(
            house.settings.address, house.settings.invite_days, Outgoing(house.settings.private.split(",")),
            house.write_letter, bool(house.settings.smtp), bool(house.settings.tracker), example=_example,
            tries=tries_of(house.settings, house.repository),
        ),
        reads_at_once=house.settings.reads_at_once,
        mail=mail_ways(house.settings),
    )  # fmt: skip


def _example(kind: str, today: date) -> tuple[str, bytes]:
    from segue.app.demo.example import example  # hardly anybody asks for it, and it reads the whole demo company

    return example(kind, today)


def _now() -> datetime:
    return datetime.now(UTC)
