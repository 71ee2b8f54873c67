"""From an edited page to the inboxes: a correction, a one-off and a whole list, over a real SMTP connection."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from support_dev_sink import DevSink
from support_mailings import STAFF, Clock, cancel_dive, sample, send, send_weekly, words

from newsletter.app.correcting import Corrections
from newsletter.app.one_offs import draft_message
from newsletter.app.reviewing.approving import approve
from newsletter.app.sending.control import status
from newsletter.app.subscribing import add, remove
from newsletter.app.workspace import Workspace
from newsletter.model.workspace import ProviderSettings

# A story runs what each room's tests cover; it is told for what comes out of them together.
pytestmark = pytest.mark.no_cover

ISSUE = "weekly-2026-12-04"
TOLD = ["ada@example.org", "berta@example.org", STAFF.address]


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-12-04 09:00")


@pytest.fixture
def ws(tmp_path: Path, dev_sink: DevSink, clock: Clock) -> Workspace:
    """The sample on the road to the sink, with a list that is an address."""
    ws = sample(tmp_path / "ws", clock, staff=STAFF)
    route = ProviderSettings(kind="smtp", host="127.0.0.1", port=dev_sink.smtp_port, security="none")
    return replace(ws, settings=ws.settings.model_copy(update={"provider": route}))


def inbox(sink: DevSink, address: str) -> list[EmailMessage]:
    """What one recipient got, in the order it came."""
    found = [
        message_from_bytes((sink.keep / one["file"]).read_bytes(), policy=policy.default)
        for one in sink.messages()
        if one["to"] == address or one["to"] == [address]
    ]
    return [one for one in found if isinstance(one, EmailMessage)]


def test_those_who_were_told_are_corrected_and_everybody_on_a_list_is_written_to(
    ws: Workspace, dev_sink: DevSink, clock: Clock
) -> None:
    send_weekly(ws, clock)
    clock.move("2026-12-07 08:00")
    cancel_dive(ws)
    remove(ws, "cleo@example.org")
    add(ws, "eva@example.org", "community")
    correction = Corrections(ws, clock()).draft(["Missing data, honestly"]).draft.key
    approve(ws, correction, "editor", clock())
    assert (send(ws, correction), send(ws, correction)) == (3, 0)

    file = ws.root / "closed.md"
    file.write_text('+++\nsubject = "The lab is closed"\n+++\n\nNo heating on Friday.\n', encoding="utf-8")
    one_off = draft_message(ws, file, "community", clock()).draft.key
    approve(ws, one_off, "editor", clock())
    assert send(ws, one_off) == 4

    subjects = {address: [one["Subject"] for one in inbox(dev_sink, address)] for address in dev_sink.received()}
    corrected = "Cancelled: Missing data, honestly on 8 December"
    assert [mine[1:] for address, mine in sorted(subjects.items()) if address in TOLD] == [
        [corrected, "The lab is closed"],
        [corrected, "The lab is closed"],
        [corrected],
    ]
    assert subjects["eva@example.org"] == ["The lab is closed"]
    assert subjects["dora@example.org"] == ["The lab is closed"]
    assert len(subjects["cleo@example.org"]) == 1
    for key in (ISSUE, correction, one_off):
        report = status(ws, key)
        assert report["state"] == "sent"
        assert sum(report["states"].values()) == report["planned"] == report["states"]["accepted"]


def test_a_list_kept_elsewhere_gets_one_small_mail_without_anybodys_links(
    ws: Workspace, dev_sink: DevSink, clock: Clock
) -> None:
    send_weekly(ws, clock)
    (mail,) = inbox(dev_sink, STAFF.address)
    raw = mail.as_bytes()
    assert len(raw) < 40_000
    assert mail["List-Unsubscribe"] == f"<{STAFF.leave_url}>"
    assert mail["List-Unsubscribe-Post"] is None
    assert b"news.example.org/u/" not in raw
    assert b"news.example.org/p/" not in raw
    assert STAFF.leave_url in words(mail)
