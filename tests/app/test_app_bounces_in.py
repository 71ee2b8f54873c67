"""Mails that report failures end what they prove, for whom they prove it, and nothing for anybody else."""

import mailbox
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app import bounces_in
from newsletter.app.bounces_in import read_bounces, take_report
from newsletter.app.mail_in import read_mailbox
from newsletter.app.posting import Post
from newsletter.app.sending.pump import plan_issue, pump
from newsletter.app.subscribing import show
from newsletter.app.workspace import Workspace, with_settings
from newsletter.delivery.bounces.reading import read_report
from newsletter.delivery.return_path import return_path
from newsletter.model.delivery import Batch, Receipt
from newsletter.model.mail import Row
from newsletter.model.requests import BouncesSettings, MailboxSettings
from newsletter.model.workspace import Secrets
from newsletter.people.address import address_hash, parse_address
from newsletter.store import subscribers

MAILS = Path(__file__).parents[1] / "data" / "bounces"
#: The delivery and the domain that the mails of the corpus are about.
THEIRS = b"5d41402abc4b2a76b9719d911017c592"
BOX = BouncesSettings(kind="maildir", path="bounces", address="bounce@news.example.org", verp=True)


class Taker:
    """A road that takes everything and remembers for whom."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def submit(self, batch: Batch) -> Sequence[Receipt]:
        self.rows += batch.rows
        return [Receipt(row.delivery_id, "accepted") for row in batch.rows]

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    mailbox.Maildir(tmp_path / "bounces").close()
    return with_settings(open_at(tmp_path, Clock()), bounces=BOX)


def sent(ws: Workspace, count: int = 1) -> list[Row]:
    """Readers who got the issue two hours ago, by address; they joined the day before."""
    clock = ws.clock
    assert isinstance(clock, Clock)
    clock.now = NOW - timedelta(days=1)
    with_readers(ws, count)
    clock.now = NOW
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    road = Taker()
    pump(ws, road, KEY, ws.clock, batch=100, worker_id="w")
    clock.now = NOW + timedelta(hours=2)
    return sorted(road.rows, key=lambda row: row.address)


def about(row: Row, name: str) -> bytes:
    """A mail of the corpus as it would be written about this delivery."""
    raw = (MAILS / f"{name}.eml").read_bytes().replace(THEIRS, row.delivery_id.encode())
    for domain in (b"example.com", b"yahoo.example", b"hotmail.example", b"gmail.example", b"example.edu"):
        raw = raw.replace(b"ada@" + domain, row.address.encode())
    return raw


def take(ws: Workspace, raw: bytes) -> str:
    return take_report(ws, read_report(raw))


def after(ws: Workspace, row: Row) -> tuple[str, str, bool]:
    """State of the delivery, of the membership, and whether the address is suppressed."""
    person = show(ws, row.address)
    [delivery] = states(ws, row)
    return delivery, person.subscriptions[0].state, bool(person.suppressed)


def states(ws: Workspace, row: Row) -> list[str]:
    with ws.store.read() as connection:
        found = connection.exec_driver_sql(f"SELECT state FROM delivery WHERE id = '{row.delivery_id}'")
        return [state for (state,) in found]


MEANINGS = [
    ("postfix-user-unknown", "bounced", ("bounced", "bounced", True)),
    ("gmail-no-such-user", "bounced", ("bounced", "bounced", True)),
    ("qmail", "bounced", ("bounced", "bounced", True)),
    ("exim-prose", "bounced", ("bounced", "bounced", True)),
    ("exchange-55-prose", "bounced", ("bounced", "bounced", True)),
    ("postfix-mailbox-full", "bounced", ("bounced", "active", False)),
    ("postfix-expired", "bounced", ("bounced", "active", False)),
    ("postfix-listed", "bounced", ("bounced", "active", False)),
    ("gmail-dmarc", "bounced", ("bounced", "active", False)),
    ("postfix-delayed", "deferred", ("deferred", "active", False)),
    ("yahoo-arf", "complained", ("complained", "complained", True)),
    ("outlook-jmrp-arf", "complained", ("complained", "complained", True)),
    ("arf-opt-out", "unsubscribed", ("accepted", "left", False)),
    ("arf-not-spam", "passed over", ("accepted", "active", False)),
    ("vacation", "passed over", ("accepted", "active", False)),
    ("postfix-success", "passed over", ("accepted", "active", False)),
]


def test_a_report_does_what_it_means_and_does_it_once_and_for_nobody_else(ws: Workspace) -> None:
    *readers, other = sent(ws, len(MEANINGS) + 1)
    for reader, (name, told, becomes) in zip(readers, MEANINGS, strict=True):
        raw = about(reader, name)
        assert (name, take(ws, raw)) == (name, told)
        assert (name, *after(ws, reader)) == (name, *becomes)
        assert take(ws, raw) == ("passed over" if told == "passed over" else "told before")
        assert (name, *after(ws, reader)) == (name, *becomes)
    assert after(ws, other) == ("accepted", "active", False)


def test_why_a_mail_was_refused_can_be_read(ws: Workspace) -> None:
    [reader] = sent(ws)
    take(ws, about(reader, "postfix-listed"))

    with ws.store.read() as connection:
        reasons = connection.exec_driver_sql("SELECT reason FROM delivery").scalars().all()
    assert reasons == [
        "blocked: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.example.net"
    ]


def dump(ws: Workspace) -> str:
    with ws.store.read() as connection:
        tables = sa.inspect(connection).get_table_names()
        return "".join(
            f"{name}: {connection.exec_driver_sql(f'SELECT * FROM {name}').fetchall()}\n" for name in sorted(tables)
        )


def test_check_31_a_forged_report_ends_nothing_for_anybody(ws: Workspace) -> None:
    """It names an address, but no mail of ours: no Message-ID that we gave, no return path that we made."""
    [reader] = sent(ws)
    own = reader.delivery_id.encode()
    strange = "0" * 32
    forged = [
        about(reader, "postfix-user-unknown").replace(own, strange.encode()),
        about(reader, "postfix-user-unknown").replace(b"@news.example.org>\nList", b"@other.example.org>\nList"),
        about(reader, "postfix-verp-no-returned-mail"),  # the right delivery, and a code that anybody may guess
        about(reader, "postfix-verp-no-returned-mail").replace(b"0123456789ab", b"000000000000"),
        about(reader, "yahoo-arf").replace(own, b"x" * 32),
        about(reader, "qmail").replace(b"Message-ID: <" + own, b"Message-ID: <none"),
        about(reader, "gmail-over-quota").replace(own, b""),
    ]
    before = dump(ws)

    assert [take(ws, raw) for raw in forged] == ["not ours"] * len(forged)
    assert dump(ws) == before


def test_a_report_about_a_mail_that_never_left_ends_nothing(ws: Workspace) -> None:
    with_readers(ws, 1)
    with_issue(ws)
    plan_issue(ws, KEY, render, NOW)
    with ws.store.begin() as connection:
        connection.exec_driver_sql("UPDATE delivery SET state = 'skipped'")
        planned = connection.exec_driver_sql("SELECT id FROM delivery").scalar_one()
    row = Row(planned, "reader00000@example.org", "", "", {})

    assert take(ws, about(row, "postfix-user-unknown")) == "not ours"
    assert after(ws, row) == ("skipped", "active", False)


def test_who_has_another_address_by_now_is_not_suppressed_for_the_old_one(ws: Workspace) -> None:
    [reader] = sent(ws)
    who = show(ws, reader.address).subscriber.id
    new = parse_address("reader.new@example.org")
    hashed = address_hash(ws.hash_key, new.key)
    with ws.store.begin() as connection:
        subscribers.change_address(
            connection, ws.settings.community.id, who, address=new.address, key=new.key, who=hashed
        )

    assert take(ws, about(reader, "postfix-user-unknown")) == "bounced"
    assert after(ws, replace(reader, address=new.address)) == ("bounced", "active", False)


@pytest.mark.parametrize("year", [b"9999", b"0001"])
def test_a_report_from_no_possible_time_is_dated_now(ws: Workspace, year: bytes) -> None:
    [reader] = sent(ws)
    take(ws, about(reader, "postfix-user-unknown").replace(b"4 Dec 2026 17:00:05", b"4 Dec " + year + b" 17:00:05"))

    [bounced] = [line for line in show(ws, reader.address).consents if line.action == "bounced"]
    assert bounced.at == ws.clock()


def test_a_report_may_say_nothing_that_a_store_cannot_hold(ws: Workspace) -> None:
    [reader] = sent(ws)
    take(ws, about(reader, "postfix-listed").replace(b"Service unavailable", b"\x00\x1b[31m\xff\x85unavailable"))

    with ws.store.read() as connection:
        [reason] = connection.exec_driver_sql("SELECT reason FROM delivery").scalars().all()
    assert reason.isprintable()
    assert "unavailable" in reason


def test_each_mail_has_a_return_path_of_its_own_by_which_it_is_known(ws: Workspace) -> None:
    first, second = sent(ws, 2)
    assert first.return_path == return_path("bounce@news.example.org", first.delivery_id, ws.secret)
    code = first.return_path.partition("-")[2].partition("@")[0].encode()
    raw = about(first, "postfix-verp-no-returned-mail").replace(b"0123456789ab", code)

    assert take(ws, raw) == "bounced"
    assert (after(ws, first)[0], after(ws, second)[0]) == ("bounced", "accepted")


@pytest.mark.parametrize(
    ("box", "path"),
    [
        (BouncesSettings(), ""),
        (BouncesSettings(verp=True), ""),
        (BouncesSettings(address="bounce@news.example.org"), "bounce@news.example.org"),
    ],
)
def test_without_a_token_every_mail_has_the_return_path_that_is_set(
    tmp_path: Path, box: BouncesSettings, path: str
) -> None:
    [reader] = sent(with_settings(open_at(tmp_path), bounces=box))
    assert reader.return_path == path


def put(ws: Workspace, *mails: bytes, box: str = "bounces") -> None:
    for number, raw in enumerate(mails):
        (ws.root / box / "new" / f"{number}.1.here").write_bytes(raw)


def test_the_box_for_reports_is_read_and_emptied(ws: Workspace) -> None:
    first, second = sent(ws, 2)
    put(ws, about(first, "postfix-user-unknown"), about(second, "yahoo-arf"), about(second, "vacation"), b"what?")

    assert read_bounces(ws) == Counter({"bounced": 1, "complained": 1, "passed over": 2})
    assert after(ws, first)[0] == "bounced"
    assert read_bounces(ws) == {}


def test_a_file_of_mails_is_read_as_well(ws: Workspace) -> None:
    [reader] = sent(ws)
    box = mailbox.mbox(ws.root / "bounces.mbox")
    box.add(about(reader, "sendmail-unknown"))
    box.close()
    other = with_settings(ws, bounces=BouncesSettings(kind="mbox", path="bounces.mbox"))

    assert read_bounces(other) == {"bounced": 1}
    assert (ws.root / "bounces.mbox").read_bytes() == b""


def test_a_box_on_a_server_is_opened_with_the_password_for_reports(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    class Empty:
        def messages(self, most: int) -> Iterator[tuple[str, bytes]]:
            yield from ()

    @contextmanager
    def opened(settings: BouncesSettings, password: SecretStr | None, root: Path) -> Iterator[Empty]:
        seen.extend((settings, password, root))
        yield Empty()

    monkeypatch.setattr(bounces_in, "open_inbox", opened)
    box = BouncesSettings(kind="imap", host="imap.example.org", username="bounces")
    secrets = Secrets(imap_password=SecretStr("for requests"), bounces_password=SecretStr("for reports"))
    read_bounces(with_settings(ws, bounces=box, secrets=secrets))
    assert seen == [box, SecretStr("for reports"), ws.root]


def test_without_a_box_nothing_is_looked_at(tmp_path: Path) -> None:
    assert read_bounces(open_at(tmp_path)) == {}


def test_a_report_that_strays_to_the_address_for_requests_is_taken_in(ws: Workspace) -> None:
    [reader] = sent(ws)
    mailbox.Maildir(ws.root / "requests").close()
    put(ws, about(reader, "postfix-user-unknown"), box="requests")
    box = MailboxSettings(kind="maildir", path="requests", address="hours-request@news.example.org")

    assert read_mailbox(with_settings(ws, mailbox=box)) == {"bounced": 1}
    assert after(ws, reader) == ("bounced", "bounced", True)


def test_the_running_program_reads_the_box_by_itself(ws: Workspace) -> None:
    [reader] = sent(ws)
    put(ws, about(reader, "postfix-user-unknown"))

    Post(ws).beat()

    assert after(ws, reader) == ("bounced", "bounced", True)
    assert not list((ws.root / "bounces" / "new").iterdir())


def test_a_box_that_is_gone_holds_up_nothing_else(ws: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    Post(with_settings(ws, bounces=BouncesSettings(kind="maildir", path="nowhere"))).beat()

    assert "nowhere" in caplog.text
