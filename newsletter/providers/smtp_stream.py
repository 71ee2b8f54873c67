"""One connection that waits for no single answer, and still knows how far each of its messages came.

A message is whole, and its end in doubt until a reply comes, once the system has taken its last byte; before that it
was not submitted. What another connection may try is `lost`; everything else is `settled`.
"""

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from newsletter.crash_points import crash_point
from newsletter.model.mail import Row
from newsletter.model.outcomes import OUTCOMES
from newsletter.providers.smtp_dialog import Answer, Session, closing, envelope_commands, lost, refusal, unfit_for
from newsletter.providers.smtp_outflow import Outflow
from newsletter.providers.smtp_replies import NoReplyError, Reply
from newsletter.providers.smtp_route import SmtpRoute
from newsletter.providers.smtp_work import Parcel, is_gone

#: So many octets must leave within one timeout.
_PROGRESS = 1 << 16
#: What was said in one go, each word with an answer of its own: RSET, MAIL, RCPT, DATA; dot, BDAT, empty.
Steps = str
#: The kinds of the answers to an envelope with which nothing is wrong.
_WELL: Mapping[Steps, str] = {
    "MAIL RCPT": "22",
    "RSET MAIL RCPT": "222",
    "MAIL RCPT DATA": "223",
    "RSET MAIL RCPT DATA": "2223",
}


@dataclass(slots=True, eq=False)
class Passage:
    """A parcel on its way over one connection.

    `first` says that the connection had carried nothing before; `taken` that the server knows its recipient; `whole`
    that its last byte has left; `told` that it is answered for.
    """

    parcel: Parcel
    first: bool
    refused: Answer | None = None
    taken: bool = False
    whole: bool = False
    told: bool = False


class Stream(ABC):
    """One connection while a batch is handed over; the manner of speaking is its subclasses'."""

    def __init__(self, session: Session, route: SmtpRoute, next_parcel: Callable[[], Parcel | None]) -> None:
        self.session = session
        self.handle = session.wire.wait_no_more()
        self.settled: list[tuple[Row, Answer]] = []
        self.lost: list[Parcel] = []
        self.ready: list[Passage] = []
        self.is_over = self.is_odd = False
        self._route, self._next_parcel = route, next_parcel
        self._awaited: deque[tuple[Steps, Passage]] = deque()
        self._out: Outflow[Passage] = Outflow()
        self._since, self._left = time.monotonic(), 0

    @abstractmethod
    def go_on(self) -> None:
        """Begin with what may begin; what is `ready` then leaves with the next `write`."""

    @abstractmethod
    def _queue(self, passage: Passage) -> None:
        """Put a ready message on its way."""

    @abstractmethod
    def _answered(self, step: str, passage: Passage, reply: Reply) -> None:
        """What a reply to a step of a message means."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not (self._awaited or self.ready or self._out.left)

    @property
    def wants_to_write(self) -> bool:
        """Whether something waits until the system takes more."""
        return self._out.left > 0

    @property
    def due(self) -> float:
        """When its patience ends, by the monotonic clock."""
        steps, passage = self._awaited[0] if self._awaited else ("", None)
        last = passage is not None and passage.whole and steps in ("dot", "BDAT")
        return self._since + (self._route.dot_timeout if last else self._route.timeout)

    def write(self) -> None:
        """Send what is ready, as far as it goes."""
        try:
            ready, self.ready = self.ready, []
            for passage in ready:
                crash_point("before body")
                self._queue(passage)
            self._push()
        except OSError as error:
            self.hear()  # what the server said before it hung up
            self.end(error)

    def hear(self) -> None:
        """Take what the server said; what follows from it is begun by `go_on`."""
        try:
            there, now = self.session.wire.hear(), time.monotonic()
            while not self.is_over and self._awaited and self._take_answer(*self._awaited[0]):
                self._since = now
            if self.is_over:
                return
            if not there:
                raise ConnectionResetError("the server closed the connection")
            if not self._awaited and self.session.wire.replies:
                raise NoReplyError("the server said more than it was asked")
        except OSError as error:
            self.end(error)

    def _take_answer(self, steps: Steps, passage: Passage) -> bool:
        """Take the answer to what was said first; all of them where an envelope goes well, as most do."""
        replies = self.session.wire.replies
        kinds = _WELL.get(steps)
        if kinds is not None and replies.went(kinds):
            self._awaited.popleft()
            self._envelope_taken(passage)
        elif (reply := replies.next()) is not None:
            self._awaited.popleft()
            step, _, others = steps.partition(" ")
            if others:
                self._awaited.appendleft((others, passage))
            self._answered(step, passage, reply)
        else:
            return False
        return True

    def call_off(self, answer: Answer) -> None:
        """Nothing more leaves: what is ready has this answer, and the server, which waits for it, is left."""
        for passage in self.ready:
            self._settle(passage, answer)
        self.end(OSError("called off"))

    def end(self, error: OSError) -> None:
        """Leave the connection: what is whole and has no answer is in doubt, nothing else was submitted."""
        if self.is_over:
            return
        self.is_over = True
        self.is_odd = isinstance(error, NoReplyError) or self.session.handled <= 1
        for passage in dict.fromkeys([*(passage for _, passage in self._awaited), *self.ready]):
            if not passage.told:
                self._finish(passage, closing(passage.refused or lost(_phase(passage), error)))
        self._awaited.clear()
        self.ready.clear()

    def _push(self) -> None:
        if not self._out.left:
            return
        crash_point("before dot")
        self._left += self._out.push(self.session.wire, _left)
        if self._left >= _PROGRESS or not self._out.left:
            self._since, self._left = time.monotonic(), 0

    def _begin(self) -> Passage | None:
        """The next message that this server can carry, while the connection may carry more."""
        session = self.session
        while session.handled < self._route.messages_per_connection and (parcel := self._next_parcel()) is not None:
            filled = parcel.filled
            if why := unfit_for(session, parcel.envelope, filled.size, is_ascii=filled.is_ascii):
                self.settled.append((parcel.row, Answer(OUTCOMES["unfit"], why, alive=True)))
                continue
            session.handled += 1
            return Passage(parcel, first=session.handled == 1)
        return None

    def _envelope(self, passage: Passage, steps: Steps, last: str) -> bytes:
        """The commands that announce a message, whose answers are awaited from now on."""
        filled = passage.parcel.filled
        mail, rcpt = envelope_commands(self.session, passage.parcel.envelope, filled.size, is_ascii=filled.is_ascii)
        self._awaited.append((steps, passage))
        reset = "RSET\r\n" if steps.startswith("RSET") else ""
        return f"{reset}{mail}\r\n{rcpt}\r\n{last}\r\n".encode()

    def _envelope_taken(self, passage: Passage) -> None:
        """Everything that announced the message was answered well."""
        passage.taken = True

    def _envelope_answered(self, step: str, passage: Passage, reply: Reply) -> None:
        """The reply to RSET, MAIL or RCPT; the first refusal is the message's."""
        if reply.kind == 2:
            passage.taken = passage.taken or step == "RCPT"
        elif step == "RSET":
            self.end(NoReplyError(f"the server does not take RSET: {reply.words}"))
        elif passage.refused is None:
            self._refuse(passage, reply)

    def _refuse(self, passage: Passage, reply: Reply) -> None:
        passage.refused = refusal(reply, whole=False)
        if not passage.refused.alive:
            self._leave(passage, passage.refused)

    def _leave(self, passage: Passage, answer: Answer) -> None:
        """The last answer on this connection."""
        self._finish(passage, closing(answer))
        self.end(ConnectionResetError("the session was ended by an earlier message"))

    def _finish(self, passage: Passage, answer: Answer) -> None:
        """Servers close connections that were idle or carried much: what was not taken may go over a fresh one."""
        if not passage.first and not passage.parcel.again and is_gone(answer):
            passage.told = True
            self.lost.append(passage.parcel)
        else:
            self._settle(passage, answer)

    def _settle(self, passage: Passage, answer: Answer) -> None:
        passage.told = True
        self.settled.append((passage.parcel.row, answer))


def _left(passage: Passage) -> None:
    passage.whole = True
    crash_point("after dot")


def _phase(passage: Passage) -> Literal["incomplete", "silent"]:
    return "silent" if passage.whole else "incomplete"
