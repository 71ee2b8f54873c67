"""PIPELINING (RFC 2920): one write carries a message, its dot and the next one's envelope; one turn for each message.

What a failure means is as in the plain dialogue: an envelope submits nothing, and no message begins to leave before
its own DATA was answered.
"""

from newsletter.crash_points import crash_point
from newsletter.providers.smtp_dialog import early, last_answer
from newsletter.providers.smtp_replies import Reply
from newsletter.providers.smtp_stream import Passage, Stream

_DOT = b".\r\n"


class PipeliningStream(Stream):
    """At most one message is leaving, and the next one announced."""

    def go_on(self) -> None:
        """Announce the first message, or the one after a refusal."""
        if not self.is_over and self.is_idle and (passage := self._begin()):
            self._announce(passage)

    def _queue(self, passage: Passage) -> None:
        self._awaited.append(("dot", passage))
        filled = passage.parcel.filled
        self._out.add([*filled.stuffed, _DOT], filled.size + filled.dots + len(_DOT))
        self._out.end(passage)
        if following := self._begin():
            self._announce(following)

    def _announce(self, passage: Passage) -> None:
        steps = "RSET MAIL RCPT DATA" if self.session.is_dirty else "MAIL RCPT DATA"
        self.session.is_dirty = False
        commands = self._envelope(passage, steps, "DATA")
        self._out.add([commands], len(commands))

    def _envelope_taken(self, passage: Passage) -> None:
        super()._envelope_taken(passage)
        self.ready.append(passage)

    def _answered(self, step: str, passage: Passage, reply: Reply) -> None:
        if step == "dot":
            self._dot_answered(passage, reply)
        elif step == "DATA":
            self._data_answered(passage, reply)
        elif step == "empty":
            self._refused(passage)
        else:
            self._envelope_answered(step, passage, reply)

    def _data_answered(self, passage: Passage, reply: Reply) -> None:
        """A server that waits for a message all the same is given an empty one where it has nobody to give it to."""
        if reply.kind == 3 and passage.refused is None:
            self.ready.append(passage)
        elif reply.kind != 3:
            if passage.refused is None:
                self._refuse(passage, reply)
            self._refused(passage)
        elif passage.refused is not None and passage.taken:
            self._leave(passage, passage.refused)
        else:
            self._awaited.append(("empty", passage))
            self._out.add([_DOT], len(_DOT))

    def _refused(self, passage: Passage) -> None:
        self.session.is_dirty = True
        if not passage.told and passage.refused is not None:
            self._finish(passage, passage.refused)

    def _dot_answered(self, passage: Passage, reply: Reply) -> None:
        if not passage.whole:  # a server that speaks before the dot has not taken the message
            self._leave(passage, early(reply))
            return
        crash_point("after reply")
        answer = last_answer(reply)
        self._finish(passage, answer) if answer.alive else self._leave(passage, answer)
