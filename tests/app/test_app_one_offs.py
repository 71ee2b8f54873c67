import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support_mailings import STAFF, Clock, at, mails, opened, recipients, send, words

from newsletter.app.exporting import count_members, read_segment
from newsletter.app.one_offs import MessageError, draft_message
from newsletter.app.operating import tick
from newsletter.app.reviewing.approving import approve
from newsletter.app.sending.control import status
from newsletter.app.sending.planning import SendRefused
from newsletter.app.subscribing import SubscriberError, remove
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace
from newsletter.people.segments import SegmentError

TEXT = '+++\nsubject = "The lab is closed on Friday"\nby = "Noor"\n+++\n\nThere is **no heating**. Stay warm.\n'
KEY = "mail-2026-12-04-closed"
ALL = ["ada@example.org", "berta@example.org", "cleo@example.org", "dora@example.org"]


@pytest.fixture
def ws(made: Path, tmp_path: Path, clock: Clock) -> Workspace:
    shutil.copytree(made, tmp_path / "ws")
    return opened(tmp_path / "ws", clock)


def write(ws: Workspace, text: str = TEXT, name: str = "closed.md") -> Path:
    file = ws.root / name
    file.write_text(text, encoding="utf-8")
    return file


def approved(ws: Workspace, text: str = TEXT, list_name: str = "community") -> str:
    key = draft_message(ws, write(ws, text), list_name, ws.clock()).draft.key
    approve(ws, key, "editor", ws.clock())
    return key


def test_everybody_on_the_list_gets_it_once_whatever_they_chose(ws: Workspace) -> None:
    key = approved(ws)
    assert (key, send(ws, key), send(ws, key)) == (KEY, 4, 0)
    assert recipients(ws, key) == ALL
    ada = mails(ws, key)[0]
    assert ada["Subject"] == "The lab is closed on Friday"
    assert ada["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "There is no heating. Stay warm." in words(ada)
    assert status(ws, key)["state"] == "sent"


def test_who_left_is_left_alone(ws: Workspace) -> None:
    key = approved(ws)
    remove(ws, "ada@example.org")
    assert send(ws, key) == 3


def test_without_approval_it_never_leaves(ws: Workspace) -> None:
    key = draft_message(ws, write(ws), "community", ws.clock()).draft.key
    with pytest.raises(SendRefused, match="not approved"):
        send(ws, key)


def test_a_file_that_changed_after_its_approval_is_drafted_and_approved_again(ws: Workspace) -> None:
    key = approved(ws)
    write(ws, TEXT.replace("Friday", "Monday"))
    with pytest.raises(SendRefused, match=r"closed\.md has changed"):
        send(ws, key)
    assert draft_message(ws, ws.root / "closed.md", "community", ws.clock()).state == "drafted"
    with pytest.raises(SendRefused, match="not approved"):
        send(ws, key)
    approve(ws, key, "editor", ws.clock())
    assert send(ws, key) == 4
    assert mails(ws, key)[0]["Subject"] == "The lab is closed on Monday"


def test_drafting_the_same_file_again_keeps_its_approval(ws: Workspace, clock: Clock) -> None:
    key = approved(ws)
    again = draft_message(ws, ws.root / "closed.md", "community", ws.clock())
    assert (again.draft.key, again.state) == (key, "approved")


def test_a_file_that_is_gone_leaves_what_was_approved(ws: Workspace) -> None:
    key = approved(ws)
    (ws.root / "closed.md").unlink()
    assert send(ws, key) == 4


def test_the_same_mail_is_not_sent_twice_and_another_one_may_be(ws: Workspace, clock: Clock) -> None:
    send(ws, approved(ws))
    clock.move("2026-12-05 09:00")
    with pytest.raises(UsageError, match=KEY):
        draft_message(ws, ws.root / "closed.md", "community", clock())
    assert approved(ws, TEXT.replace("Friday", "Monday")) == "mail-2026-12-05-closed"


def test_at_its_time_the_waker_sends_it(ws: Workspace, clock: Clock) -> None:
    key = approved(ws, TEXT.replace("by =", "send_at = 2026-12-06T18:30:00\nby ="))
    assert key == "mail-2026-12-06-closed"
    tick(ws, clock.move("2026-12-06 18:29"))
    assert recipients(ws, key) == []
    for _ in range(2):
        tick(ws, clock.move("2026-12-06 18:30"))
    assert recipients(ws, key) == ALL


def test_without_a_time_the_waker_leaves_it(ws: Workspace, clock: Clock) -> None:
    key = approved(ws)
    tick(ws, clock.move("2026-12-04 12:00"))
    assert recipients(ws, key) == []


@pytest.mark.parametrize(("approve_it", "now"), [(False, "2026-12-06 18:30"), (True, "2026-12-07 06:31")])
def test_what_nobody_approved_or_what_is_late_waits_for_a_person(
    ws: Workspace, clock: Clock, approve_it: bool, now: str
) -> None:
    text = TEXT.replace("by =", "send_at = 2026-12-06T18:30:00\nby =")
    key = approved(ws, text) if approve_it else draft_message(ws, write(ws, text), "community", clock()).draft.key
    steps = tick(ws, clock.move(now)).steps
    assert [step.action for step in steps if step.key == key] == ["wait"]
    assert recipients(ws, key) == []


def test_a_list_that_is_an_address_gets_one_mail(made: Path, tmp_path: Path, clock: Clock) -> None:
    shutil.copytree(made, tmp_path / "ws")
    ws = opened(tmp_path / "ws", clock, staff=STAFF)
    key = approved(ws, list_name="staff")
    assert send(ws, key) == 1
    (mail,) = mails(ws, key)
    assert (mail["To"], mail["List-Unsubscribe"]) == (STAFF.address, f"<{STAFF.leave_url}>")
    assert "everybody on Staff of the lab" in words(mail)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("No front matter at all", "note.value", 1),
        ('+++\nsubject = ["A"]\n+++\n\nWords', "note.value", 2),
        ('+++\nsubject = "A"\nsend_at = "soon"\n+++\n\nWords', "note.value", 3),
        ('+++\nsubject = "A"\nsend_at = 2026-12-03\n+++\n\nWords', "note.value", 1),
        ('+++\nsubject = "A"\nsubjekt = "B"\n+++\n\nWords', "note.unknown-key", 3),
        ('+++\nsubject = "A"\n+++\n', "note.value", 1),
        ('+++\nsubject = "A\n+++\n\nWords', "note.toml", 2),
        ('+++\nsubject = "A"\n', "note.fence", 1),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(ws: Workspace, text: str, code: str, line: int) -> None:
    with pytest.raises(MessageError) as refused:
        draft_message(ws, write(ws, text), "community", ws.clock())
    first = next(one for one in refused.value.problems if one.level == "error")
    assert (first.code, first.origin.path, first.origin.line) == (code, "closed.md", line)


def test_an_unknown_list_is_named(ws: Workspace) -> None:
    with pytest.raises(SubscriberError, match=r"lists\.toml has community"):
        draft_message(ws, write(ws), "nobody", ws.clock())


def test_times_are_the_communitys_own(ws: Workspace) -> None:
    text = TEXT.replace("by =", 'send_at = "2026-12-06"\nby =')
    drafted = draft_message(replace(ws), write(ws, text), "community", ws.clock())
    assert drafted.draft.slot.send_at == at("2026-12-06 00:00")


def test_a_segment_of_the_list_gets_it_and_nobody_else(ws: Workspace) -> None:
    where = "zone=Europe/* or attribute.role=board"
    drafted = draft_message(ws, write(ws), "community", ws.clock(), where)
    key = drafted.draft.key
    chosen = count_members(ws, read_segment(ws, where, "community", "active"))
    assert 0 < chosen < len(ALL)
    approve(ws, key, "editor", ws.clock())
    assert (send(ws, key), len(recipients(ws, key))) == (chosen, chosen)


def test_another_segment_is_another_mail_to_approve(ws: Workspace) -> None:
    key = approved(ws)
    draft_message(ws, write(ws), "community", ws.clock(), "zone=Europe/*")
    with pytest.raises(SendRefused, match="not approved"):
        send(ws, key)


def test_a_segment_that_cannot_be_read_makes_no_mail(ws: Workspace) -> None:
    with pytest.raises(SegmentError, match="no field 'shoe'"):
        draft_message(ws, write(ws), "community", ws.clock(), "shoe=38")
    with pytest.raises(UsageError, match="neither a digest"):
        send(ws, KEY)
