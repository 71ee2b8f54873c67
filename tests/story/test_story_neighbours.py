"""Three communities in one process and one store: nothing of one shows in another."""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from neighbours_quarter import Quarter, quarter_at
from support_communities import ACROSS, communities_audited
from support_dev_sink import DevSink
from support_events import body_of, signed
from support_neighbours import CHOIR, LAB, MAKERS, NEIGHBOURS, SHARED, Neighbour

from newsletter.app.alerting import alerts_since
from newsletter.app.exporting import export_csv, export_jsonl
from newsletter.app.observing.exposition import exposition
from newsletter.app.owning.erasing import erase
from newsletter.app.sending.auditing import audit_json, audit_mailing
from newsletter.app.sending.control import overview, status
from newsletter.app.signing_in.people import people_of
from newsletter.app.signing_in.sessions import new_link, person_of_link, sign_in, sign_ins_since
from newsletter.app.workspace import Workspace
from newsletter.cli.at_work import Shift
from newsletter.store import deeds
from newsletter.store.tables import metadata

ADA, GRACE, MARY = SHARED
CLARA = CHOIR.own[0]
LEAVE = b"List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: When a letter is drafted and sent, with some time to spare.
FIRST = {LAB: ((10, 1, 17), (10, 2, 17)), CHOIR: ((10, 4, 7), (10, 5, 7)), MAKERS: ((10, 6, 10), (10, 7, 10))}
SECOND = ((10, 8, 17), (10, 9, 17))
END = datetime(2026, 12, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory, dev_sink_process: DevSink) -> Iterator[Quarter]:
    """A fortnight: the first letter of each community, what people did about it, and the lab's second letter."""
    dev_sink_process.forget()
    with _beginning(tmp_path_factory.mktemp("neighbours"), dev_sink_process) as made, communities_audited() as wide:
        made.wide = wide
        for one, moments in FIRST.items():
            _pass(made, one, moments)
        people_act(made)
        made.twins[LAB.id] = Shift(made.ws(LAB), threading.Event())
        _pass(made, LAB, SECOND)
        yield made
        made.twins[LAB.id].close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, dev_sink_process: DevSink) -> Iterator[Quarter]:
    """The quarter, looked at twice a day, with a restart of each community in the middle of it."""
    dev_sink_process.forget()
    with _beginning(tmp_path_factory.mktemp("quarter"), dev_sink_process) as made, communities_audited() as wide:
        made.wide = wide
        made.until(datetime(2026, 10, 8, tzinfo=UTC), timedelta(hours=12))
        people_act(made)
        made.until(datetime(2026, 11, 10, tzinfo=UTC), timedelta(hours=12))
        for one in NEIGHBOURS:
            made.restart(one)
        made.until(END, timedelta(hours=12))
        yield made


def _beginning(root: Path, sink: DevSink) -> Any:
    for old in sink.keep.glob("*.json"):
        old.unlink()
    return quarter_at(root, sink)


def _pass(quarter: Quarter, one: Neighbour, moments: Sequence[tuple[int, int, int]]) -> None:
    for month, day, hour in moments:
        quarter.clock.now = datetime(2026, month, day, hour, tzinfo=UTC)
        quarter.wake(one)


def people_act(quarter: Quarter) -> None:
    """One leaves the lab, one bounces and one is erased at the choir, one complains of the makers."""
    path = quarter.links(LAB, ADA)["u"]
    assert quarter.ask(LAB, path, "POST", LEAVE, **FORM) == (200, "Unsubscribed.\n")
    assert quarter.post_event(CHOIR, GRACE, "bounce", type="bounce", status="5.1.1", reason="550 nobody") == 204
    assert quarter.post_event(MAKERS, MARY, "spamreport") == 204
    assert erase(quarter.ws(CHOIR), CLARA)
    for one in NEIGHBOURS:
        quarter.wake(one)


def left_over(one: Neighbour) -> set[str]:
    """Who still gets a community's letters."""
    gone = {LAB.id: {ADA}, CHOIR.id: {GRACE, CLARA}, MAKERS.id: {MARY}}[one.id]
    return {*one.own, *SHARED} - gone


def needles(quarter: Quarter, one: Neighbour) -> set[str]:
    """What only this community's own may say: its words, its people, and the ids of its rows."""
    ids: set[str] = set()
    with quarter.ws(one).store.read() as connection:
        for name in ("subscriber", "delivery", "attempt"):
            table = metadata.tables[name]
            ids |= set(connection.execute(sa.select(table.c.id).where(table.c.community == one.id)).scalars())
    assert len(ids) > 8
    return {one.word, one.word.lower(), *one.own, f"@{one.id}.example.org", *ids}


def told(quarter: Quarter, one: Neighbour) -> dict[str, str]:
    """Everything that a community tells anybody, by where it stands."""
    ws, long_ago = quarter.ws(one), datetime(2020, 1, 1, tzinfo=UTC)
    keys = [row["key"] for row in overview(ws)]
    found = {
        "mails": json.dumps(quarter.mails(one), ensure_ascii=False),
        "csv": "".join(export_csv(ws)),
        "jsonl": "".join(export_jsonl(ws)),
        "overview": json.dumps(overview(ws), default=str),
        "status": json.dumps([status(ws, key) for key in keys], default=str),
        "audit": json.dumps([audit_json(audit_mailing(ws, key)) for key in keys_sent(ws)], default=str),
        "alerts": repr(alerts_since(ws, long_ago)),
        "deeds": repr(deeds_of(ws)),
        "sign-ins": repr(sign_ins_since(ws, long_ago)),
        "metrics": exposition(*quarter.shifts[one.id].observer.figures()).decode(),
    }
    return {**found, **pages(quarter, one), **files(quarter, one)}


def deeds_of(ws: Workspace) -> list[object]:
    with ws.store.read() as connection:
        return list(deeds.lines(connection, ws.settings.community.id))


def keys_sent(ws: Workspace) -> list[str]:
    return [row["key"] for row in overview(ws) if row["state"] == "sent"]


def pages(quarter: Quarter, one: Neighbour) -> dict[str, str]:
    last = keys_sent(quarter.ws(one))[-1]
    paths = ["/subscribe", "/link", "/archive/", f"/archive/{one.digest}.html", f"/archive/{last}.html"]
    paths += ["/calendar/everything.ics", f"/calendar/{one.topic}.ics", "/api/subscribe", "/u/nothing", "/sign-in"]
    for address in (one.own[1], GRACE):
        paths += list(quarter.links(one, address).values())
    found = {path: quarter.ask(one, path) for path in paths}
    assert [path for path, (code, _) in found.items() if code >= 500] == []
    assert [found[path][0] for path in paths[:8]] == [200] * 8
    assert one.word in found["/subscribe"][1]
    return {path: page for path, (_, page) in found.items()}


def files(quarter: Quarter, one: Neighbour) -> dict[str, str]:
    root = quarter.ws(one).root
    inside = (path for path in root.rglob("*") if path.is_file() and "templates" not in path.parts)
    return {str(path): path.read_text(encoding="utf-8", errors="replace") for path in inside}


def nothing_shows_elsewhere(quarter: Quarter) -> None:
    secrets = {one.id: needles(quarter, one) for one in NEIGHBOURS}
    for one in NEIGHBOURS:
        others = set().union(*(secrets[other.id] for other in NEIGHBOURS if other is not one))
        found = {(where, word) for where, text in told(quarter, one).items() for word in others if word in text}
        assert found == set()


def every_reader_got_each_letter_once(quarter: Quarter, expected: dict[str, list[str]]) -> None:
    for one in NEIGHBOURS:
        assert keys_sent(quarter.ws(one)) == expected[one.id]
        letters = [
            (body["categories"][-1], row["to"][0]["email"])
            for body in quarter.mails(one)
            for row in body["personalizations"]
            if body["categories"][-1] in expected[one.id]
        ]
        assert set(Counter(letters).values()) == {1}
        by_letter = {key: {address for of, address in letters if of == key} for key in expected[one.id]}
        everybody = {*one.own, *SHARED}
        assert by_letter == {key: left_over(one) if n else everybody for n, key in enumerate(expected[one.id])}


def numbers_are_each_ones_own(quarter: Quarter, awake: Sequence[Neighbour]) -> None:
    lines = quarter.observers.metrics().decode().splitlines()
    suppressed = sorted(line for line in lines if line.startswith("newsletter_suppressed{"))
    assert suppressed == [
        'newsletter_suppressed{community="choir",reason="bounced"} 1.0',
        'newsletter_suppressed{community="choir",reason="erased"} 1.0',
        'newsletter_suppressed{community="makers",reason="complained"} 1.0',
    ]
    active = sorted(line for line in lines if line.startswith("newsletter_members{") and 'state="active"' in line)
    assert [line.rpartition(" ")[2] for line in active] == ["3.0", "4.0", "4.0"]
    for one in NEIGHBOURS:
        assert f'newsletter_community_up{{community="{one.id}"}} {float(one in awake)}' in lines


def rows_keep_to_their_community(quarter: Quarter) -> None:
    """No row names one of another community, along every foreign key and every id that stands for one."""
    with quarter.ws(LAB).store.read() as connection:
        for table in metadata.tables.values():
            for column in table.columns:
                other = _meant(column)
                if other is None or "community" not in table.c or "community" not in other.table.c:
                    continue
                apart = sa.select(sa.func.count()).join_from(table, other.table, column == other)
                apart = apart.where(table.c.community != other.table.c.community)
                assert connection.execute(apart).scalar_one() == 0, column


def _meant(column: Any) -> Any:
    """The column whose rows this one's values name."""
    names = {"subscriber_id": "subscriber", "delivery_id": "delivery", "attempt_id": "attempt"}
    table = metadata.tables.get(names.get(column.name, ""))
    return None if table is None or table is column.table else table.c.id


def test_nothing_of_one_shows_in_what_another_tells(quarter):
    nothing_shows_elsewhere(quarter)


def test_each_letter_reaches_whoever_is_a_member_there_and_was_not_stopped_there(quarter):
    every_reader_got_each_letter_once(
        quarter,
        {
            "data-lab": ["cascadia-letter-2026-10-02", "cascadia-letter-2026-10-09"],
            "choir": ["rheinklang-letter-2026-10-05"],
            "makers": ["akihabara-letter-2026-10-07"],
        },
    )


def test_numbers_and_rows_keep_to_their_community(quarter):
    numbers_are_each_ones_own(quarter, [LAB])
    rows_keep_to_their_community(quarter)


def test_every_statement_says_of_which_community_it_speaks(quarter):
    assert quarter.wide, "the statements were looked at"
    assert {maker: tables for maker, tables in quarter.wide.items() if tables and maker not in ACROSS} == {}


def rows(quarter: Quarter) -> str:
    """Everything that the store holds of people and mails, as one hash."""
    names = ("subscriber", "subscription", "consent", "suppression", "delivery", "signup", "session")
    with quarter.ws(LAB).store.read() as connection:
        found = [connection.execute(sa.select(metadata.tables[name])).all() for name in names]
    return hashlib.sha256(repr(found).encode()).hexdigest()


def test_links_of_one_open_nothing_at_another_though_one_key_signs_them_all(quarter):
    before = rows(quarter)
    for mine in NEIGHBOURS:
        for path in quarter.links(mine, ADA if mine is not LAB else GRACE).values():
            for other in NEIGHBOURS:
                if other is not mine:
                    assert quarter.ask(other, path)[0] == 404
                    assert quarter.ask(other, path, "POST", LEAVE, **FORM)[0] in (400, 404)
                    assert quarter.ask(other, path, "POST", b"leave=yes", **FORM)[0] in (400, 404)
    assert rows(quarter) == before


def test_who_is_signed_in_at_one_is_nobody_at_another(quarter):
    ws = quarter.ws(LAB)
    (person,) = (one for one in people_of(ws).values() if "editor" in one.roles)
    link = new_link(ws, person, quarter.clock.now)
    assert [person_of_link(quarter.ws(other), link) for other in (CHOIR, MAKERS)] == [None, None]
    cookie = sign_in(ws, link)
    sent = {"Cookie": f"__Host-newsletter={cookie}", "Accept": "text/html"}
    assert "Signed in" in quarter.ask(LAB, "/sign-in", **sent)[1]
    for other in (CHOIR, MAKERS):
        named = {**sent, "Cookie": f"__Host-newsletter={cookie}; __Host-newsletter-{other.id}={cookie}"}
        assert quarter.ask(other, "/studio/", **named)[0] == 303


def test_who_signs_in_at_two_communities_of_one_host_stays_signed_in_at_both(quarter):
    cookies = {}
    for one in (CHOIR, MAKERS):
        ws = quarter.ws(one)
        (person,) = (known for known in people_of(ws).values() if "editor" in known.roles)
        cookies[f"__Host-newsletter-{one.id}"] = sign_in(ws, new_link(ws, person, quarter.clock.now))
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    assert ["Signed in" in quarter.ask(one, "/sign-in", **sent)[1] for one in (CHOIR, MAKERS)] == [True, True]


def test_a_provider_speaks_for_the_community_whose_key_it_has_and_for_no_other(quarter):
    row, before = quarter.last_mail(LAB, GRACE), rows(quarter)
    told = {
        "email": GRACE,
        "timestamp": int(quarter.clock.now.timestamp()),
        "event": "spamreport",
        "sg_event_id": "x",
    }
    body = body_of(told | row["custom_args"])
    of_lab = signed(body, quarter.clock.now, quarter.signers[LAB.id])
    of_makers = signed(body, quarter.clock.now, quarter.signers[MAKERS.id])
    assert quarter.ask(MAKERS, "/hooks/makers/sendgrid", "POST", body, **of_lab)[0] == 403
    assert quarter.ask(MAKERS, "/hooks/makers/sendgrid", "POST", body, **of_makers)[0] == 204
    quarter.wake(MAKERS)
    assert rows(quarter) == before


@pytest.mark.slow
def test_the_whole_quarter(whole):
    fridays = [date(2026, 10, 2) + timedelta(days=7 * n) for n in range(13)]
    wednesdays = [date(2026, 10, 7) + timedelta(days=14 * n) for n in range(7)]
    mondays = [date(2026, 10, 5), date(2026, 11, 2), date(2026, 12, 7)]
    every_reader_got_each_letter_once(
        whole,
        {
            one.id: [f"{one.digest}-{day}" for day in days if day < END.date()]
            for one, days in zip(NEIGHBOURS, (fridays, mondays, wednesdays), strict=True)
        },
    )
    nothing_shows_elsewhere(whole)
    numbers_are_each_ones_own(whole, NEIGHBOURS)
    rows_keep_to_their_community(whole)
    assert {maker for maker, tables in whole.wide.items() if tables and maker not in ACROSS} == set()
