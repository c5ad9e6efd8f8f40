"""Tells one past conversation from its question to its resolution: who said what, and how it ended."""

from datetime import datetime
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from segue.app.demo.asking import Question
from segue.app.demo.read import Script, Voice
from segue.app.demo.replying import plan_replies
from segue.app.demo.shape import ASSISTANT, Agent, Article, Company, Conversation, Outcome
from segue.app.demo.thread import Thread
from segue.app.demo.wording import fill, first_message, follow_up, slots_for

Plot = Literal["thanks", "silence", "second try", "comes back"]

ASSISTANT_DAYS = 45  # since when Ledgerly lets the assistant speak
MINUTES_PER_REPLY = 3


class Telling:
    """One conversation. `end` is the moment the past stops."""

    def __init__(
        self, question: Question, company: Company, script: Script, voice: Voice, end: datetime, rng: Random
    ) -> None:
        self._question, self._company, self._script, self._voice = question, company, script, voice
        self._end, self._rng = end, rng
        self._thread = Thread(question.channel, question.opened_at, ZoneInfo(company.timezone), rng)
        self._agent = _responsible(question, company, rng)
        self._slots = slots_for(question, company, voice, Random(question.root))
        self._slots |= {"agent": self._agent.name, "agent_first": self._agent.first_name}
        self._plan: list[tuple[str, str]] = []
        self._resolution = ""
        self._reopened_after: int | None = None

    def tell(self) -> Conversation:
        text = first_message(self._question, self._voice, self._slots, self._rng)
        self._thread.customer(text, self._question.phrasing.is_upset)
        plot = self._plot()
        if self._assistant_speaks() and self._assistant_solves(plot):
            return self._conversation("confirmed" if plot == "thanks" else "assumed", ASSISTANT)
        return self._conversation(self._people_solve(plot), self._agent.id)

    def _plot(self) -> Plot:
        question = self._question
        trouble = (
            0.11 + 0.12 * question.phrasing.is_upset + 0.45 * question.is_bitter + 0.1 * (question.earlier is not None)
        )
        if question.intent is None:
            return "silence"
        if self._rng.random() < trouble:
            return "second try" if self._rng.random() < 0.55 else "comes back"
        return "thanks" if self._rng.random() < 0.52 else "silence"

    # The assistant

    def _assistant_speaks(self) -> bool:
        """It speaks where it was allowed to, and not to everybody: some cells were opened later than others."""
        question = self._question
        is_allowed = (self._end - question.opened_at).days < ASSISTANT_DAYS and question.intent is not None
        return is_allowed and question.earlier is None and not question.phrasing.is_upset and self._rng.random() < 0.42

    def _assistant_solves(self, plot: Plot) -> bool:
        article = self._article()
        if article:
            self._thread.assistant(f"{self._line('assistant_openings')} {article.first_paragraph}".strip())
            if plot in ("thanks", "silence") and self._rng.random() < 0.62:
                self._resolution = f"Answered from “{article.title}”."
                if plot == "thanks":
                    self._customer("thanks")
                return True
            self._customer("not_solved")
        self._thread.assistant(self._line("assistant_handoffs"))
        return False

    def _article(self) -> Article | None:
        """What the assistant may answer from: its category is opened for answers, and the article is in date."""
        intent, on = self._question.intent, self._question.opened_at.date()
        if intent is None or any(c.id == intent.category and c.handling == "human" for c in self._company.categories):
            return None
        return next((a for a in self._company.articles if a.slug == intent.article and not a.is_stale(on)), None)

    # The people

    def _people_solve(self, plot: Plot) -> Outcome:
        self._maybe_nag()
        self._maybe_ask()
        self._plan = plan_replies(
            self._script, self._question.phrasing.text, plot in ("second try", "comes back"), self._rng
        )
        self._solve(self._line("agent_greetings"))
        if plot == "second try":
            self._customer("not_solved", upset=0.35)
            self._solve(self._second_opening())
        elif plot == "comes back":
            self._come_back()
            return "reopened"
        if plot == "thanks" or (plot == "second try" and self._rng.random() < 0.6):
            self._customer("thanks")
            return "confirmed"
        return "assumed"

    def _maybe_nag(self) -> None:
        if self._question.intent and self._rng.random() < (0.35 if self._question.is_bitter else 0.04):
            self._thread.wait(20, 90)
            self._customer("nagging", upset=0.6)

    def _maybe_ask(self) -> None:
        if self._script.question and self._rng.random() < 0.3:
            self._reply(fill(self._script.question, self._slots))
            self._thread.customer(follow_up(list(self._script.responses), self._slots, self._rng))

    def _come_back(self) -> None:
        self._thread.wait(20 * 60, 90 * 60)
        self._customer("back", upset=0.45)
        self._reopened_after = len(self._thread.messages) - 1
        self._solve(self._second_opening())

    def _solve(self, opening: str) -> None:
        says, solved = (fill(text, self._slots) for text in self._plan.pop(0))
        self._reply(f"{opening} {says[0].upper()}{says[1:]}".strip())
        self._resolution = solved[0].upper() + solved[1:]

    def _second_opening(self) -> str:
        return self._line("second_tries" if self._thread.frustrated_at is None else "calming")

    def _reply(self, text: str) -> None:
        if self._question.channel == "email":
            text = f"{text}\n\nBest regards\n{self._agent.name}\n{self._company.name}"
        self._thread.agent(self._agent.id, text)

    # Lines and the end

    def _customer(self, kind: str, upset: float = 0.0) -> None:
        """A line of this kind; upset with this chance, and nearly always where the account is bitter already."""
        text = follow_up(self._voice[kind], self._slots, self._rng)
        is_bitter = self._question.is_bitter
        is_upset = upset > 0 and self._rng.random() < (0.85 if is_bitter else upset)
        if is_upset:
            more = self._line("leaving" if is_bitter and self._rng.random() < 0.4 else "upset")
            text = f"{text}{'' if text[-1] in '.!?' else '.'} {more}"
        self._thread.customer(text, is_upset)

    def _line(self, kind: str) -> str:
        return fill(self._rng.choice(self._voice[kind]), self._slots)

    def _conversation(self, outcome: Outcome, by: str) -> Conversation:
        question = self._question
        messages, resolved_at = self._thread.close(self._end)
        return Conversation(
            number=question.number,
            contact=question.contact.id,
            channel=question.channel,
            page=question.page,
            intent=question.intent.id if question.intent else None,
            opened_at=question.opened_at,
            messages=messages,
            resolved_at=resolved_at,
            resolved_by=by,
            resolution=self._resolution,
            outcome=outcome,
            reopened_at=messages[self._reopened_after].at if self._reopened_after else None,
            minutes=0 if by == ASSISTANT else self._minutes(),
            csat=self._csat(outcome),
            frustrated_at=self._thread.frustrated_at,
            repeat_of=question.earlier.number if question.earlier else None,
        )

    def _minutes(self) -> int:
        typical = self._question.intent.minutes if self._question.intent else 2
        replies = sum(message.author == "agent" for message in self._thread.messages)
        return max(1, round(typical * self._rng.lognormvariate(0, 0.35)) + MINUTES_PER_REPLY * (replies - 1))

    def _csat(self, outcome: Outcome) -> int | None:
        question, is_upset = self._question, self._thread.frustrated_at is not None
        if question.intent is None or self._rng.random() > (0.7 if question.is_bitter else 0.3):
            return None
        if question.is_bitter or (is_upset and outcome == "reopened"):
            return self._rng.choice([1, 1, 2])
        if is_upset or outcome == "reopened":
            return self._rng.choice([2, 2, 3, 3, 4])
        return self._rng.choice([4, 5, 5, 5] if outcome == "confirmed" else [3, 4, 4, 5])


def _responsible(question: Question, company: Company, rng: Random) -> Agent:
    """Somebody of the intent's team; the lead takes some of the upset ones."""
    if rng.random() < (0.2 if question.phrasing.is_upset else 0.02):
        return next(agent for agent in company.agents if agent.role == "lead")
    team = question.intent.team if question.intent else "billing"
    return rng.choice([agent for agent in company.agents if agent.role == "agent" and team in agent.teams])
