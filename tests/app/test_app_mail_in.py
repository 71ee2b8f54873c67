"""Joining and leaving by mail: every request is answered by mail to its owner, and nobody can speak for another."""

import mailbox
from pathlib import Path

import pytest
from support_workspace import Clock, open_at

from newsletter.app.joining.asking import answer_requests
from newsletter.app.mail_in import read_mailbox
from newsletter.app.sending.addressing import addressing_for
from newsletter.app.subscribing import add, listing, show
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.ledger import Due, Mailing
from newsletter.model.mail import header_values
from newsletter.model.requests import MailboxSettings
from newsletter.people.tokens import make_token
from newsletter.store import service_mails

ADA = "ada@mail.example.org"
BOX = MailboxSettings(kind="maildir", path="box", address="hours-request@news.example.org", list="community")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    mailbox.Maildir(tmp_path / "box").close()
    return with_settings(open_at(tmp_path, Clock()), mailbox=BOX)


def write(ws: Workspace, subject: str, sender: str = ADA, number: int = 0) -> None:
    text = f"From: {sender}\r\nSubject: {subject}\r\n\r\n\r\n"
    name = f"{len(list((ws.root / 'box' / 'new').iterdir())):05}.{number}.here"
    (ws.root / "box" / "new" / name).write_bytes(text.encode())


def asked(ws: Workspace) -> list[tuple[str, str]]:
    """The service mails that are on their way after the requests are answered, with their purpose."""
    answer_requests(ws)
    with ws.store.read() as connection:
        waiting = service_mails.not_planned(connection, ws.settings.community.id, 50)
    return [(one.mail.name, one.mail.purpose) for one in waiting]


def test_who_asks_to_join_is_asked_to_confirm_and_is_no_member_yet(ws: Workspace) -> None:
    write(ws, "join")
    assert dict(read_mailbox(ws)) == {"joining": 1}
    assert asked(ws) == [("confirm", "confirm")]
    ((person, mine),) = listing(ws)
    assert (person.address, mine.state, mine.list, mine.digests) == (ADA, "pending", "community", ("weekly",))
    assert [(line.action, line.how) for line in show(ws, ADA).consents] == [("requested", "mail")]
    assert read_mailbox(ws) == {}, "a mail is dealt with once"


def test_nobody_can_take_somebody_else_off_by_writing_their_address(ws: Workspace) -> None:
    add(ws, ADA, "community")
    write(ws, "leave", sender=f"Mallory <{ADA}>")
    assert dict(read_mailbox(ws)) == {"link": 1}
    assert show(ws, ADA).subscriptions[0].state == "active"
    assert asked(ws) == [("sign_in", "preferences")]


def test_the_token_of_ones_own_mail_leaves_at_once(ws: Workspace) -> None:
    token = make_token(ws.secret, "leave", add(ws, ADA, "community").subscriber.id, "community")
    write(ws, f"leave {token}", sender="ada.from.elsewhere@mail.example.org")
    write(ws, f"leave {token[:-1]}x", sender="mallory@mail.example.org")
    assert dict(read_mailbox(ws)) == {"leaving": 1, "link": 1}
    told = [(line.action, line.how) for line in show(ws, ADA).consents]
    assert told == [("added", "command line"), ("left", "mail")]
    assert asked(ws) == [], "to an address that nobody has, no link is mailed"


def test_a_loop_of_programs_ends_at_once_and_one_address_is_mailed_once(ws: Workspace) -> None:
    for number in range(20):
        write(ws, "join", number=number)
    write(ws, "join", sender="hours@news.example.org")
    write(ws, "join", sender="MAILER-DAEMON@mail.example.org")
    assert dict(read_mailbox(ws)) == {"joining": 1, "passed over": 21}
    assert asked(ws) == [("confirm", "confirm")]


def test_too_many_at_once_wait_in_the_mailbox(ws: Workspace) -> None:
    few = with_settings(ws, joining=ws.settings.joining.model_copy(update={"per_network": 2}))
    for number in range(5):
        write(ws, "join", sender=f"reader{number}@mail.example.org")
    assert dict(read_mailbox(few)) == {"joining": 2, "waiting": 3}
    few.clock.sleep(3601)  # type: ignore[attr-defined]  # the test's own clock
    assert dict(read_mailbox(few)) == {"joining": 2, "waiting": 1}


def test_a_list_is_named_or_the_mailboxs_is_meant(ws: Workspace) -> None:
    write(ws, "join staff")
    write(ws, "join", sender="grace@mail.example.org")
    read_mailbox(ws)
    answer_requests(ws)
    assert {(person.address, mine.list) for person, mine in listing(ws)} == {
        (ADA, "staff"),
        ("grace@mail.example.org", "community"),
    }
    unnamed = with_settings(ws, mailbox=BOX.model_copy(update={"list": ""}))
    write(ws, "join", sender="lin@mail.example.org")
    assert dict(read_mailbox(unnamed)) == {"passed over": 1}, "two lists, and none is named"


def test_without_a_mailbox_nothing_is_looked_at(ws: Workspace) -> None:
    assert read_mailbox(with_settings(ws, mailbox=MailboxSettings(path="nowhere"))) == {}


def test_every_mail_names_the_address_behind_its_link_only_where_it_is_read(ws: Workspace) -> None:
    due = Due("d1", add(ws, ADA, "community").subscriber.id, "e", 0, address=ADA, list="community")
    job = Mailing(
        1, ws.settings.community.id, "issue", "weekly-2026-12-04", "community", "weekly", "sending", "", ws.clock()
    )
    row = addressing_for(ws, job).row(due)
    value = header_values(row, ws.clock())["list_unsubscribe"]
    link, behind = value.split(", ")
    assert link == f"<{row.unsubscribe_url}>", "RFC 8058 needs its one https link, and first"
    token = make_token(ws.secret, "leave", due.subscriber_id, "community")
    assert behind == f"<mailto:hours-request@news.example.org?subject=leave%20{token}>"
    assert (value.count("<http"), value.isascii(), len(value) < 900) == (1, True, True)
    write(ws, f"leave {token}")
    assert dict(read_mailbox(ws)) == {"leaving": 1}
    unread = with_settings(ws, mailbox=BOX.model_copy(update={"kind": ""}))
    assert header_values(addressing_for(unread, job).row(due), ws.clock())["list_unsubscribe"] == link
