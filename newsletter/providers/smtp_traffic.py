"""All connections of one batch at once, in one thread: who can be heard is heard, and then everybody writes.

Opening a connection waits, and so does a server that takes one command at a time: that is done beside, lane by lane,
in threads where there are several.
"""

import contextlib
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from newsletter.providers.smtp_chunking import ChunkingStream
from newsletter.providers.smtp_dialog import lost
from newsletter.providers.smtp_lane import Lane
from newsletter.providers.smtp_pipelining import PipeliningStream
from newsletter.providers.smtp_route import SmtpRoute
from newsletter.providers.smtp_stream import Stream
from newsletter.providers.smtp_work import Work

#: Seconds between two looks at whose patience is over.
_LOOK = 0.2


class Traffic:
    """The connections of one batch."""

    def __init__(self, work: Work, route: SmtpRoute, beside: ThreadPoolExecutor | None) -> None:
        self._work, self._route, self._beside = work, route, beside
        self._selector = selectors.DefaultSelector()
        self._lanes: dict[Stream, Lane] = {}
        self._opening: dict[Future[bool], Lane] = {}
        self._fresh: list[Stream] = []
        self._writing: set[Stream] = set()
        self._broken: Exception | None = None
        self._looked = 0.0
        self._bell, self._ear = socket.socketpair()

    def run(self, lanes: Sequence[Lane]) -> None:
        """Hand the batch over; what one connection could not bear is raised once the others have ended."""
        with self._selector, self._bell, self._ear:
            self._ear.setblocking(False)
            self._selector.register(self._ear, selectors.EVENT_READ)
            for lane in lanes:
                self._carry(lane)
            while self._lanes or self._opening:
                self._turn()
        if self._broken is not None:
            raise self._broken

    def _turn(self) -> None:
        """Everybody is heard before anybody writes, so that what speaks against writing is known to all."""
        touched = self._heard()
        self._settle(touched)
        self._send(touched)
        self._settle(touched)
        for stream in touched:
            if stream.is_over or stream.is_idle:
                self._part(stream)
            else:
                self._watch(stream)

    # Opening

    def _carry(self, lane: Lane) -> None:
        """Let the lane open a connection, or go through the batch command by command."""
        if self._beside is None:
            self._begin(lane, lane.carry(self._work))
            return
        future = self._beside.submit(lane.carry, self._work)
        self._opening[future] = lane
        future.add_done_callback(self._ring)

    def _ring(self, _: object) -> None:
        with contextlib.suppress(OSError):  # who was heard already may ring when nobody listens any more
            self._bell.send(b"!")

    def _opened(self) -> None:
        """Those who were opening, and have it behind them."""
        self._ear.recv(4096)
        for future in [one for one in self._opening if one.done()]:
            lane = self._opening.pop(future)
            try:
                self._begin(lane, future.result())
            except Exception as error:
                self._broken = self._broken or error

    def _begin(self, lane: Lane, many: bool) -> None:
        if not many or lane.session is None:
            return
        kind = ChunkingStream if lane.session.offers("CHUNKING") else PipeliningStream
        stream = kind(lane.session, self._route, partial(lane.next, self._work))
        self._lanes[stream] = lane
        self._selector.register(stream.handle, selectors.EVENT_READ, stream)
        self._fresh.append(stream)

    # Hearing and writing

    def _heard(self) -> list[Stream]:
        touched, self._fresh = self._fresh, []
        for key, events in self._selector.select(0 if touched else _LOOK):
            stream = key.data
            if stream is None:
                self._opened()
                continue
            if events & selectors.EVENT_READ:
                stream.hear()
            if stream not in touched:
                touched.append(stream)
        return [*touched, *self._impatient(touched)]

    def _impatient(self, touched: Sequence[Stream]) -> Iterator[Stream]:
        """Those who waited too long, also those who are told a letter now and then; who can write may go on first."""
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        for stream in self._lanes:
            is_touched = stream in touched
            if now >= stream.due and not (is_touched and stream.wants_to_write):
                stream.end(TimeoutError("timed out"))
                if not is_touched:
                    yield stream

    def _send(self, touched: Sequence[Stream]) -> None:
        for stream in touched:
            self._guarded(stream, stream.go_on)
        ready = [stream for stream in touched if stream.ready]
        if self._work.rest is not None:
            for stream in ready:
                stream.call_off(self._work.rest)
        elif ready:
            self._tell(ready)
        for stream in touched:
            if not stream.is_over:
                self._guarded(stream, stream.write)

    def _tell(self, ready: Sequence[Stream]) -> None:
        """The witness hears of everything that is about to leave, before any of it does."""
        try:
            self._work.batch.witness.begins([one.parcel.row.delivery_id for each in ready for one in each.ready])
        except OSError as error:
            for stream in ready:
                stream.call_off(lost("incomplete", error))

    def _guarded(self, stream: Stream, step: Callable[[], None]) -> None:
        """What cannot be made is nobody's answer: the others go on, and then it is raised."""
        try:
            step()
        except Exception as error:
            self._broken = self._broken or error
            stream.end(ConnectionAbortedError("the message could not be made"))

    # Settling and parting

    def _settle(self, touched: Sequence[Stream]) -> None:
        settled = [one for stream in touched for one in stream.settled]
        for stream in touched:
            stream.settled.clear()
        if settled:
            self._work.settle_all(settled)

    def _watch(self, stream: Stream) -> None:
        """Hear of it when more can be written, only as long as there is something to write."""
        if stream.wants_to_write == (stream in self._writing):
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if stream.wants_to_write else 0)
        self._selector.modify(stream.handle, events, stream)
        (self._writing.add if stream.wants_to_write else self._writing.discard)(stream)

    def _part(self, stream: Stream) -> None:
        """Give the connection back to its lane; what was lost with it, or is left of the batch, goes over another."""
        self._selector.unregister(stream.handle)
        self._writing.discard(stream)
        lane = self._lanes.pop(stream)
        if stream.is_over:
            lane.drop(odd=stream.is_odd)
        lane.take_back(stream.lost)
        if self._broken is None and (lane.backlog or self._work.has_more):
            self._carry(lane)
        else:
            lane.rest()
