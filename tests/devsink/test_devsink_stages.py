"""Where in a conversation a client is, however its words are cut into pieces on the way."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from newsletter.devsink.stages import HttpStages, Moment, SmtpStages, Stages

Marks = list[tuple[Moment, int]]
BODY = b"Subject: x\r\n\r\n" + b"..stuffed\r\n" * 40 + b"DATA\r\n"


def cut(data: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = sorted({one % len(data) for one in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(places)]


def heard(stages: Stages, parts: Sequence[bytes]) -> tuple[bytes, Marks]:
    """What passed, and at which byte each moment was: `after` counts its piece, the others do not."""
    passed, marks = b"", []
    for part in parts:
        for moment, piece in stages.feed(part):
            if moment in ("before", "within"):
                marks.append((moment, len(passed)))
            passed += piece
            if moment == "after":
                marks.append((moment, len(passed)))
    return passed, marks


cuttings = st.lists(st.integers(0, 10_000), max_size=12)


@given(cuttings, st.integers(1, 400))
def test_a_request_has_its_moments_wherever_it_is_cut(cuts: list[int], length: int) -> None:
    head = f"POST /v3/mail/send HTTP/1.1\r\nHost: x\r\ncontent-length: {length}\r\n\r\n".encode()
    quiet = b"GET /_sink/messages HTTP/1.1\r\nHost: x\r\n\r\n"
    said = quiet + head + b"b" * length + quiet
    passed, marks = heard(HttpStages(), cut(said, cuts))
    assert passed == said
    start = len(quiet) + len(head)
    assert marks[0] == ("before", len(quiet))
    assert marks[-1] == ("after", start + length)
    assert [mark for mark in marks if mark[0] == "within"] in ([("within", start + min(100, length // 2))], [])
    assert length < 3 or len(marks) == 3


@given(cuttings)
def test_a_message_has_its_moments_wherever_it_is_cut(cuts: list[int]) -> None:
    stages = SmtpStages()
    stages.replied(b"220-hello\r\n220 hello\r\n")
    for line in (b"EHLO x\r\n", b"MAIL FROM:<a@x>\r\n", b"RCPT TO:<b@x>\r\n", b"RSET\r\n"):
        assert list(stages.feed(line)) == [(None, line)]
        stages.replied(b"250-more\r\n250 ok\r\n")
    assert list(stages.feed(b"data\r\n")) == [("before", b"data\r\n")]
    stages.replied(b"354 go on\r\n")
    said = BODY + b".\r\nQUIT\r\n"
    passed, marks = heard(stages, cut(said, cuts))
    assert passed == said
    assert marks == [("within", 100), ("after", len(BODY) + 3)]


def test_commands_ahead_of_their_replies_are_told_from_the_message() -> None:
    stages = SmtpStages()
    stages.replied(b"220 hello\r\n")
    pieces = list(stages.feed(b"MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\n"))
    assert [moment for moment, _ in pieces] == [None, None, "before"]
    stages.replied(b"250 ok\r\n250 o")
    stages.replied(b"k\r\n354 go on\r\n")
    assert heard(stages, [BODY, b".\r\n"])[1] == [("within", 100), ("after", len(BODY) + 3)]


def test_data_that_is_refused_begins_no_message() -> None:
    stages = SmtpStages()
    stages.replied(b"220 hello\r\n")
    assert list(stages.feed(b"DATA\r\n")) == [("before", b"DATA\r\n")]
    stages.replied(b"503 no recipient\r\n")
    assert list(stages.feed(b"QUIT\r\n")) == [(None, b"QUIT\r\n")]


def test_what_is_said_in_secret_is_passed_on_as_it_is() -> None:
    stages = SmtpStages()
    stages.replied(b"220 hello\r\n")
    assert list(stages.feed(b"STARTTLS\r\n")) == [(None, b"STARTTLS\r\n")]
    stages.replied(b"220 go on\r\n")
    assert list(stages.feed(b"\x16\x03\x01 no line")) == [(None, b"\x16\x03\x01 no line")]


def test_a_reply_is_whole_where_its_protocol_says_so() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
    assert [HttpStages().is_whole(head[:-1]), HttpStages().is_whole(head + b"ab")] == [False, False]
    assert HttpStages().is_whole(head + b"abc")
    assert not SmtpStages().is_whole(b"250-one\r\n")
    assert not SmtpStages().is_whole(b"250 o")
    assert SmtpStages().is_whole(b"250-one\r\n250 two\r\n")
