"""CHUNKING (RFC 3030): envelopes and messages follow each other, and the answers come when they do.

The first message of a session goes alone; each that is taken lets one more be under way. Every envelope begins
with RSET, so that one refused recipient costs itself alone.
"""

from newsletter.crash_points import crash_point
from newsletter.model.outcomes import OUTCOMES
from newsletter.providers.smtp_dialog import Answer, early, last_answer
from newsletter.providers.smtp_replies import Reply
from newsletter.providers.smtp_stream import Passage, Stream

#: So many messages, and octets of them, are under way at once.
MOST_UNDER_WAY = 32
MOST_OCTETS = 1 << 22
_ODD = "the server refused the sender and took the message all the same"


class ChunkingStream(Stream):
    """Several messages under way; what is not answered when the connection is lost is in doubt, each of them."""

    _window = 1
    _under_way = 0
    _octets = 0

    def go_on(self) -> None:
        """As many messages as may be under way."""
        while not self.is_over and self._under_way < self._window and self._octets < MOST_OCTETS:
            if (passage := self._begin()) is None:
                return
            self._under_way += 1
            self._octets += passage.parcel.filled.size
            self.ready.append(passage)

    def call_off(self, answer: Answer) -> None:
        """What is ready was not announced: it has this answer, and what is under way is waited for."""
        ready, self.ready = self.ready, []
        for passage in ready:
            self._came_back(passage)
            self._settle(passage, answer)

    def _came_back(self, passage: Passage) -> None:
        self._under_way -= 1
        self._octets -= passage.parcel.filled.size

    def _queue(self, passage: Passage) -> None:
        filled = passage.parcel.filled
        steps = "MAIL RCPT" if passage.first and not self.session.is_dirty else "RSET MAIL RCPT"
        envelope = self._envelope(passage, steps, f"BDAT {filled.size} LAST")
        self._awaited.append(("BDAT", passage))
        self._out.add([envelope, *filled.pieces], len(envelope) + filled.size)
        self._out.end(passage)

    def _answered(self, step: str, passage: Passage, reply: Reply) -> None:
        if step != "BDAT":
            self._envelope_answered(step, passage, reply)
            return
        self._came_back(passage)
        if not passage.whole:
            self._leave(passage, early(reply))
        elif passage.refused is not None:
            self._refused(passage, passage.refused, reply)
        else:
            self._message_answered(passage, reply)

    def _refused(self, passage: Passage, refused: Answer, reply: Reply) -> None:
        if reply.kind == 2 and passage.taken:
            self._leave(passage, Answer(OUTCOMES["unclear"], _ODD, alive=False))
        else:
            self._finish(passage, refused)

    def _message_answered(self, passage: Passage, reply: Reply) -> None:
        crash_point("after reply")
        answer = last_answer(reply)
        if answer.outcome == OUTCOMES["taken"]:
            self._window = min(self._window + 1, MOST_UNDER_WAY)
        self._finish(passage, answer) if answer.alive else self._leave(passage, answer)
