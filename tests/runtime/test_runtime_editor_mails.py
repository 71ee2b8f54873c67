"""Editors are told of a draft, reminded of it, and told of sources that moved: each once, whatever happens."""

import logging
import threading
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from pathlib import Path
from shutil import copytree

import pytest
from cadence_workspace import Clock, opened, states

from newsletter.app.operating import tick
from newsletter.app.reviewing.approving import approve_draft
from newsletter.app.reviewing.post import post_editor_mails
from newsletter.app.reviewing.standing import review_of
from newsletter.app.reviewing.telling import look_after
from newsletter.app.workspace import Workspace
from newsletter.model.signing_in import SignInSettings
from newsletter.model.workspace import EditorSettings

# What is mailed is covered by tests/app and test_runtime_operating.py; weeks of it, watched, take twice as long.
pytestmark = pytest.mark.no_cover

WEEK = "weekly-2026-12-04"
DRAFT, REMIND, SEND = "2026-12-01T09:00", "2026-12-03T09:00", "2026-12-04T09:00"
PRIYA, SUNITA = "priya@example.org", "sunita@example.org"
PAGE = "content/deep-dives/2026-12-08-missing-data.md"


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-11-30T12:00")


@pytest.fixture
def root(tmp_path: Path, monday: Path) -> Path:
    return copytree(monday, tmp_path / "lab")


def lab(root: Path, clock: Clock, *notify: str, remind: str = "24 hours before", **rules: object) -> Workspace:
    ws = opened(root, clock, **rules)
    editors = EditorSettings(notify=notify or (PRIYA,), remind=remind)
    return replace(ws, settings=ws.settings.model_copy(update={"editors": editors}))


def told(root: Path, kind: str) -> list[EmailMessage]:
    folder = root / "outbox" / f"{WEEK}-{kind}"
    return [message_from_bytes(path.read_bytes(), policy=modern) for path in sorted(folder.glob("*.eml"))]


def words(mail: EmailMessage) -> str:
    return mail.get_content().replace("\r\n", "\n").replace("\u202f", " ")


def at_times(ws: Workspace, clock: Clock, *moments: str) -> None:
    tick(ws, clock.now)
    for moment in moments:
        tick(ws, clock.move(moment))


def test_every_editor_is_told_of_a_draft_once(root, clock):
    ws = lab(root, clock, PRIYA, f"Sunita Rao <{SUNITA}>")
    at_times(ws, clock, DRAFT, "2026-12-01T09:05", "2026-12-02T12:00")
    found = told(root, "draft")

    assert sorted(str(mail["To"]) for mail in found) == [PRIYA, SUNITA]
    assert {str(mail["Subject"]) for mail in found} == {f"{WEEK} is drafted"}
    text = words(found[0])
    assert f"Common Hours ({WEEK}), 7 to 13 December 2026" in text
    assert "It leaves at Fri 4 Dec 2026, 09:00 PST, once it is approved." in text
    assert "  Come along: 5\n" in text
    assert f"newsletter approve {WEEK} --by NAME" in text
    assert f"issues/{WEEK}.md" in text
    assert "/studio/" not in text, "it is not served"


def test_a_mail_leads_to_the_studio_where_that_is_served(root, clock):
    ws = lab(root, clock)
    signed_in = SignInSettings(editors=(PRIYA,))
    at_times(replace(ws, settings=ws.settings.model_copy(update={"sign_in": signed_in})), clock, DRAFT)
    (mail,) = told(root, "draft")
    assert f"On the web:  {ws.settings.web.base_url}/studio/?digest=weekly\n" in words(mail)


def test_a_mail_to_an_editor_is_no_list_mail(root, clock):
    at_times(lab(root, clock), clock, DRAFT)
    (mail,) = told(root, "draft")

    assert mail["List-Unsubscribe"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@news.example.org>")
    assert "example.org" not in words(mail).replace("data.example.org", "").replace("calendar.example.org", "")


def test_nobody_is_told_where_nobody_is_named(root, clock):
    ws = opened(root, clock)
    at_times(ws, clock, DRAFT, REMIND)

    assert not (root / "outbox").exists() or told(root, "draft") == []
    assert review_of(ws, WEEK).told == ()


def test_the_mail_says_what_is_wrong_and_what_is_new(root, clock):
    note = root / "issues" / f"{WEEK}.md"
    note.write_text(note.read_text(encoding="utf-8").replace("+++", "+++\nhides = ['Nobody']", 1), encoding="utf-8")
    ws = lab(root, clock, review="automatic")
    tick(ws, clock.now)
    note.rename(root / "kept.md")
    at_times(ws, clock, "2026-11-24T09:00")
    clock.move("2026-11-24T09:00")
    (root / "kept.md").rename(note)
    at_times(ws, clock, DRAFT)
    (mail,) = told(root, "draft")

    assert str(mail["Subject"]) == f"{WEEK} is drafted, 1 error"
    assert f"issues/{WEEK}.md:2: error: hides names 'Nobody'" in words(mail)
    assert "by itself" in words(mail)


def test_the_mail_says_what_is_new_since_the_last_issue(root, clock):
    ws = lab(root, clock)
    clock.move("2026-11-23T12:00")
    at_times(ws, clock, "2026-11-24T09:00")
    approve_draft(ws, "weekly-2026-11-27", "priya", clock.now)
    tick(ws, clock.move("2026-11-27T09:00"))
    assert states(ws)["weekly-2026-11-27"] == "sent"
    tea = "+++\ntitle = 'Tea with strangers'\ndate = 2026-12-01\n+++\n"
    (root / "content" / "announcements" / "2026-11-30-tea.md").write_text(tea, encoding="utf-8")
    tick(ws, clock.move(DRAFT))
    (mail,) = told(root, "draft")

    assert "New and changed since weekly-2026-11-27:" in words(mail)
    assert "  new: Tea with strangers" in words(mail)


def test_who_has_not_approved_is_reminded_once(root, clock):
    ws = lab(root, clock, approvals=2)
    at_times(ws, clock, DRAFT, "2026-12-03T08:59")
    assert told(root, "reminder") == []
    approve_draft(ws, WEEK, "sunita", clock.now)
    at_times(ws, clock, REMIND, "2026-12-03T09:05", "2026-12-04T08:00")
    (mail,) = told(root, "reminder")

    assert str(mail["Subject"]) == f"{WEEK} waits for approval"
    assert "So far approved by sunita." in words(mail)
    assert "send-late up to 12 hours" in words(mail)


def test_the_reminder_comes_when_the_setting_says(root, clock):
    ws = lab(root, clock, remind="2 hours before")
    at_times(ws, clock, DRAFT, REMIND, "2026-12-04T06:59")
    assert told(root, "reminder") == []
    tick(ws, clock.move("2026-12-04T07:00"))
    assert len(told(root, "reminder")) == 1


@pytest.mark.parametrize("rules", [{"remind": ""}, {"review": "automatic"}])
def test_nobody_is_reminded_where_that_makes_no_sense(root, clock, rules):
    at_times(lab(root, clock, **rules), clock, DRAFT, REMIND)

    assert told(root, "reminder") == []
    assert len(told(root, "draft")) == 1


def test_an_approved_issue_needs_no_reminder(root, clock):
    ws = lab(root, clock)
    at_times(ws, clock, DRAFT)
    approve_draft(ws, WEEK, "priya", clock.now)
    tick(ws, clock.move(REMIND))

    assert told(root, "reminder") == []


def test_a_draft_made_after_the_reminders_time_is_reminder_enough(root, clock):
    at_times(lab(root, clock, draft="12 hours before"), clock, "2026-12-03T21:00", "2026-12-03T21:05", SEND)

    assert (len(told(root, "draft")), len(told(root, "reminder"))) == (1, 0)


def test_sources_that_moved_are_told_once_for_each_state(root, clock):
    ws = lab(root, clock, drift="hold")
    at_times(ws, clock, DRAFT)
    approve_draft(ws, WEEK, "priya", clock.now)
    page = root / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("12:00", "12:30"), encoding="utf-8")
    at_times(ws, clock, SEND, "2026-12-04T09:05")
    (mail,) = told(root, "drift")
    assert str(mail["Subject"]) == f"{WEEK}: its sources moved, and it is held"
    assert "when: Tue 8 Dec 2026, 12–1:30" in words(mail)
    assert f"newsletter approve {WEEK} --refresh --by NAME" in words(mail)
    page.write_text(page.read_text(encoding="utf-8").replace("12:30", "12:45"), encoding="utf-8")
    tick(ws, clock.now)
    assert len(told(root, "drift")) == 2


def test_editors_hear_of_drift_that_held_nothing(root, clock):
    ws = lab(root, clock)
    at_times(ws, clock, DRAFT)
    approve_draft(ws, WEEK, "priya", clock.now)
    (root / PAGE).unlink()
    tick(ws, clock.move(SEND))
    (mail,) = told(root, "drift")

    assert str(mail["Subject"]) == f"{WEEK}: its sources moved"
    assert "What was approved goes out all the same." in words(mail)
    assert "removed: 'Missing data, honestly'" in words(mail)


def test_a_draft_stands_where_no_mail_can_be_sent(root, clock, caplog):
    (root / "outbox").write_text("a file where the folder should be")
    ws = lab(root, clock)
    with caplog.at_level(logging.WARNING):
        at_times(ws, clock, DRAFT)
    assert states(ws) == {WEEK: "drafted"}
    assert f"the draft mail about {WEEK} is pending" in caplog.text
    (root / "outbox").unlink()
    tick(ws, clock.now)
    assert told(root, "draft") == []
    tick(ws, clock.move("2026-12-01T10:00"))
    assert len(told(root, "draft")) == 1


def test_a_provider_that_cannot_be_opened_loses_no_mail(root, clock, caplog):
    ws = lab(root, clock)
    closed = ws.settings.provider.model_copy(update={"kind": "sendgrid"})
    at_times(replace(ws, settings=ws.settings.model_copy(update={"provider": closed})), clock, DRAFT)
    assert "mails to editors wait (1)" in caplog.text
    tick(ws, clock.now)
    assert len(told(root, "draft")) == 1


def test_a_mail_whose_sender_ended_is_never_sent_again_blindly(root, clock, monkeypatch):
    ws = lab(root, clock)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("newsletter.app.reviewing.post.settlement", crash)
    with pytest.raises(KeyboardInterrupt):
        at_times(ws, clock, DRAFT)
    monkeypatch.undo()
    at_times(ws, clock, "2026-12-01T12:00")

    assert len(told(root, "draft")) == 1
    assert [one["state"] for one in review_of(ws, WEEK).told] == ["submitting"]


def test_wakers_side_by_side_tell_everybody_once(root, clock):
    ws = lab(root, clock, PRIYA, SUNITA)
    at_times(opened(root, clock), clock, DRAFT)
    rooms = [lab(root, clock, PRIYA, SUNITA) for _ in range(4)]
    barrier = threading.Barrier(len(rooms))

    def wake(room: Workspace) -> None:
        barrier.wait()
        look_after(room, clock.now)
        post_editor_mails(room, clock.now)

    threads = [threading.Thread(target=wake, args=(room,)) for room in rooms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tick(ws, clock.now)
    assert len(told(root, "draft")) == 2
