"""One connection's place in a batch: opened at need, kept from batch to batch, and what is tried again after it."""

import contextlib
import time
from collections import deque
from collections.abc import Sequence

from newsletter.providers.smtp_dialog import Answer, Session, deliver
from newsletter.providers.smtp_route import SmtpRoute
from newsletter.providers.smtp_session import NoSessionError, open_session
from newsletter.providers.smtp_work import Parcel, Work, is_gone

#: Seconds after which an idle connection is asked whether it is still one.
_IDLE = 10.0


class Lane:
    """One connection after the other. `backlog` is what was on one that is lost, and goes before anything else."""

    def __init__(self, route: SmtpRoute) -> None:
        self._route = route
        self.session: Session | None = None
        self.backlog: deque[Parcel] = deque()
        self._idle_since = 0.0
        self._plainly = False

    def carry(self, work: Work) -> bool:
        """Hand messages over one by one, waiting for each answer; True where the session can take many at once."""
        self._wake()
        while (parcel := self.next(work)) is not None:
            answer = self._try(work, parcel)
            if answer is None:
                return True
            work.settle(parcel.row, answer)
        return False

    def next(self, work: Work) -> Parcel | None:
        """The next message: one that was lost with a connection, else the next row of the batch."""
        while self.backlog:
            parcel = self.backlog.popleft()
            if work.rest is None:
                return parcel
            work.leave(parcel.row, work.rest)
        return work.next()

    def is_full(self, session: Session) -> bool:
        """Whether the session has carried as much as one is to."""
        return session.handled >= self._route.messages_per_connection

    def take_back(self, lost: Sequence[Parcel]) -> None:
        """What was lost with the connection; only the first can be sure to be the first of the next one."""
        for parcel in lost[:1]:
            parcel.again = True
        self.backlog.extend(lost)

    def rest(self) -> None:
        """Nothing more for now; the connection is kept."""
        self._idle_since = time.monotonic()

    def drop(self, *, odd: bool = False) -> None:
        """Hang up. After an `odd` end the next session is led command by command."""
        if self.session is not None:
            self.session.wire.close()
        self.session = None
        self._plainly = odd

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        if self.session is not None:
            with contextlib.suppress(OSError):
                self.session.command("QUIT")
            self.drop()

    def _try(self, work: Work, parcel: Parcel) -> Answer | None:
        """What became of it; None, and it is put back, where the session is one for many at once."""
        try:
            session = self._open()
        except NoSessionError as error:
            return error.answer
        if session.offers("PIPELINING") and not self._plainly:
            self.backlog.appendleft(parcel)
            return None
        used = session.handled > 0 and not parcel.again
        answer = self._deliver(session, work, parcel)
        if used and is_gone(answer):
            # Servers close connections that were idle or carried much; what was not taken may go over a fresh one.
            parcel.again = True
            return self._try(work, parcel)
        return answer

    def _deliver(self, session: Session, work: Work, parcel: Parcel) -> Answer:
        def leaving() -> None:
            work.batch.witness.begins([parcel.row.delivery_id])

        data = parcel.filled.octets()
        answer = deliver(session, parcel.envelope, data, self._route.dot_timeout, leaving)
        if not answer.alive or not (answer.outcome == "accepted" or _agrees(session, "RSET")):
            self.drop()
        self.rest()
        return answer

    def _open(self) -> Session:
        if self.session is not None and self.is_full(self.session):
            self.close()
        self.session = self.session or open_session(self._route)
        return self.session

    def _wake(self) -> None:
        """Leave a connection that is none any more; one that was busy a moment ago is not asked."""
        session = self.session
        if session is None:
            return
        quick = session.offers("PIPELINING") and time.monotonic() - self._idle_since < _IDLE
        if session.wire.has_spoken() if quick else not _agrees(session, "NOOP"):
            self.drop()


def _agrees(session: Session, command: str) -> bool:
    try:
        return session.command(command).code == 250
    except OSError:
        return False
