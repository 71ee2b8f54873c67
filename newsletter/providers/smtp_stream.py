"""One connection that waits for no single answer, and still knows how far each of its messages came.

A message is whole, and its end in doubt until a reply comes, once the system has taken its last byte; before that it
was not submitted. What another connection may try is `lost`; everything else is `settled`.
"""

import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from newsletter.crash_points import crash_point
from newsletter.model.outcomes import OUTCOMES
from newsletter.providers.smtp_dialog import Answer, Session, closing, envelope_commands, lost, refusal, unfit_for
from newsletter.providers.smtp_outflow import Outflow
from newsletter.providers.smtp_route import SmtpRoute
from newsletter.providers.smtp_wire import NoReplyError, Reply
from newsletter.providers.smtp_work import Parcel, is_gone

#: So many octets must leave within one timeout.
_PROGRESS = 1 << 16
Step = Literal["RSET", "MAIL", "RCPT", "DATA", "dot", "BDAT", "empty"]


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
        self.settled: list[tuple[Parcel, Answer]] = []
        self.lost: list[Parcel] = []
        self.ready: list[Passage] = []
        self.is_over = self.is_odd = False
        self._route, self._next_parcel = route, next_parcel
        self._awaited: deque[tuple[Step, Passage]] = deque()
        self._out: Outflow[Passage] = Outflow()
        self._since, self._left = time.monotonic(), 0

    @abstractmethod
    def go_on(self) -> None:
        """Begin with what may begin; what is `ready` then leaves with the next `write`."""

    @abstractmethod
    def _queue(self, passage: Passage) -> None:
        """Put a ready message on its way."""

    @abstractmethod
    def _answered(self, step: Step, passage: Passage, reply: Reply) -> None:
        """What a reply to a step of a message means."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return not (self._awaited or self.ready or self._out)

    @property
    def wants_to_write(self) -> bool:
        """Whether something waits until the system takes more."""
        return bool(self._out)

    @property
    def due(self) -> float:
        """When its patience ends, by the monotonic clock."""
        step, passage = self._awaited[0] if self._awaited else ("MAIL", None)
        last = passage is not None and passage.whole and step in ("dot", "BDAT")
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
            there = self.session.wire.hear()
            while not self.is_over and self._awaited and (reply := self.session.wire.next_reply()):
                self._since = time.monotonic()
                self._answered(*self._awaited.popleft(), reply)
            if self.is_over:
                return
            if not there:
                raise ConnectionResetError("the server closed the connection")
            if not self._awaited and self.session.wire.has_more:
                raise NoReplyError("the server said more than it was asked")
        except OSError as error:
            self.end(error)

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
        if not self._out:
            return
        crash_point("before dot")
        self._left += self._out.push(self.session.wire, _left)
        if self._left >= _PROGRESS or not self._out:
            self._since, self._left = time.monotonic(), 0

    def _begin(self) -> Passage | None:
        """The next message that this server can carry, while the connection may carry more."""
        session = self.session
        while session.handled < self._route.messages_per_connection and (parcel := self._next_parcel()) is not None:
            filled = parcel.filled
            if why := unfit_for(session, parcel.envelope, filled.size, is_ascii=filled.is_ascii):
                self.settled.append((parcel, Answer(OUTCOMES["unfit"], why, alive=True)))
                continue
            session.handled += 1
            return Passage(parcel, first=session.handled == 1)
        return None

    def _envelope(self, passage: Passage, last: str, *, reset: bool) -> bytes:
        """The commands that announce a message, whose answers are awaited from now on."""
        filled = passage.parcel.filled
        mail, rcpt = envelope_commands(self.session, passage.parcel.envelope, filled.size, is_ascii=filled.is_ascii)
        commands = f"{mail}\r\n{rcpt}\r\n{last}\r\n"
        if reset:
            self._awaited.append(("RSET", passage))
            commands = f"RSET\r\n{commands}"
        self._awaited.extend((("MAIL", passage), ("RCPT", passage)))
        return commands.encode()

    def _envelope_answered(self, step: Step, passage: Passage, reply: Reply) -> None:
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
        if is_gone(answer) and not passage.first and not passage.parcel.again:
            passage.told = True
            self.lost.append(passage.parcel)
        else:
            self._settle(passage, answer)

    def _settle(self, passage: Passage, answer: Answer) -> None:
        passage.told = True
        self.settled.append((passage.parcel, answer))


def _left(passage: Passage) -> None:
    passage.whole = True
    crash_point("after dot")


def _phase(passage: Passage) -> Literal["incomplete", "silent"]:
    return "silent" if passage.whole else "incomplete"
