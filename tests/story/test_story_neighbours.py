"""Three communities in one process and one store: nothing of one shows in another."""

import hashlib
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from neighbours_crawl import Program, crawl, forms, paths_of, signed_in
from neighbours_quarter import Quarter, quarter_at
from neighbours_told import keys_of, keys_sent, named, needles, put_counts, shows, told
from support_communities import ACROSS, communities_audited
from support_dev_sink import DevSink
from support_events import body_of, signed
from support_neighbours import CHOIR, LAB, MAKERS, NEIGHBOURS, SHARED, Neighbour

from newsletter.app.api.operations import OPERATIONS, Operation
from newsletter.app.owning.erasing import erase
from newsletter.app.signing_in.people import people_of
from newsletter.app.signing_in.sessions import new_link, person_of_link, sign_in
from newsletter.cli.at_work import Shift
from newsletter.settings.reserved_paths import RESERVED
from newsletter.store.tables import metadata

# A story runs what each room's tests cover; it is told for what comes out of them together.
pytestmark = pytest.mark.no_cover

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
        for one in NEIGHBOURS:
            put_counts(made, one)
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
        put_counts(quarter, one)


def left_over(one: Neighbour) -> set[str]:
    """Who still gets a community's letters."""
    gone = {LAB.id: {ADA}, CHOIR.id: {GRACE, CLARA}, MAKERS.id: {MARY}}[one.id]
    return {*one.own, *SHARED} - gone


def nothing_shows_elsewhere(quarter: Quarter, studio: int) -> None:
    secrets = {one.id: needles(quarter, one) for one in NEIGHBOURS}
    for one in NEIGHBOURS:
        others = set().union(*(secrets[other.id] for other in NEIGHBOURS if other is not one))
        found = {
            (where, word)
            for where, text in told(quarter, one, studio).items()
            for word in others
            if shows(text, word)
        }
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
    nothing_shows_elsewhere(quarter, studio=2)


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


def rows_of(quarter: Quarter, *whose: Neighbour) -> str:
    """Every row that the store holds of these communities, as one hash."""
    ids = [one.id for one in whose]
    with quarter.ws(LAB).store.read() as connection:
        tables = [table for table in metadata.sorted_tables if "community" in table.c]
        found = [connection.execute(sa.select(one).where(one.c.community.in_(ids))).all() for one in tables]
    return hashlib.sha256(repr(found).encode()).hexdigest()


def others_than(one: Neighbour) -> list[Neighbour]:
    return [other for other in NEIGHBOURS if other is not one]


def deliveries_of(quarter: Quarter, one: Neighbour) -> list[str]:
    table = metadata.tables["delivery"]
    with quarter.ws(one).store.read() as connection:
        return list(connection.execute(sa.select(table.c.id).where(table.c.community == one.id)).scalars())


def test_no_page_of_an_operator_opens_or_changes_what_is_anothers(quarter):
    for mine in NEIGHBOURS:
        operator = signed_in(quarter, mine, "operator")
        seen = crawl(quarter, mine, "/operator/", **operator)
        (key,) = keys_sent(quarter.ws(mine))[-1:]
        kinds = {tuple(sorted(form)): form for page in seen.values() for form in forms(page)}
        asking = [form for form in kinds.values() if key in form.values() or "address" in form]
        paths = {path for path in seen if key in path or "/deliveries/" in path}
        sent = {**operator, **FORM, "Origin": "https://" + mine.base_url.split("/")[2]}
        for other in others_than(mine)[:1]:
            before, theirs = rows_of(quarter, *others_than(mine)), needles(quarter, other)
            (stranger,) = keys_sent(quarter.ws(other))[-1:]
            delivery = deliveries_of(quarter, other)[0]
            tried = {path.replace(key, stranger) for path in paths if key in path}
            tried |= {re.sub(r"/deliveries/[^/?]+", f"/deliveries/{delivery}", path) for path in paths - tried}
            for path in tried - paths:
                code, page = quarter.ask(mine, path, **operator)
                assert (code, leaked(page, theirs, path)) == (404, set()), path
            for form in asking:
                fields = {name: stranger if value == key else value for name, value in form.items()}
                fields |= {"address": other.own[1]}
                for path in ("/operator/act", "/operator/people", f"/operator/issues/{stranger}/deliveries"):
                    code, page = quarter.ask(mine, path, "POST", urlencode(fields), **sent)
                    typed = {other.own[1], other.own[1].partition("@")[2], other.word.lower(), delivery}
                    assert code < 500
                    assert leaked(page, theirs - {"@" + one for one in typed} - typed, stranger) == set()
            assert rows_of(quarter, *others_than(mine)) == before


def no_form_of_an_editor_changes_what_is_anothers(quarter: Quarter) -> None:
    for mine, other in zip(NEIGHBOURS, (*NEIGHBOURS[1:], NEIGHBOURS[0]), strict=True):
        editor, before = signed_in(quarter, mine, "editor"), rows_of(quarter, *others_than(mine))
        tabs = [f"/studio/?tab={tab}" for tab in ("send", "edit", "content")]
        seen = crawl(quarter, mine, *tabs, most=len(tabs), **editor)
        kinds = {(form.get("act"), *sorted(form)): form for page in seen.values() for form in forms(page)}
        assert kinds
        ours = {
            mine.digest: other.digest,
            **dict(zip(keys_of(quarter.ws(mine)), keys_of(quarter.ws(other)), strict=False)),
        }
        for form in kinds.values():
            fields = {name: ours.get(value, value) for name, value in form.items()}
            sent = {**editor, **FORM, "Origin": "https://" + mine.base_url.split("/")[2]}
            code, page = quarter.ask(mine, "/studio/act", "POST", urlencode(fields), **sent)
            assert code < 500
            assert leaked(page, needles(quarter, other), str(fields)) == set()
        assert rows_of(quarter, *others_than(mine)) == before


def leaked(page: str, words: Iterable[str], asked: str) -> set[str]:
    """Which of these words stand in an answer, apart from what the question itself named."""
    return {word for word in words if shows(page, word) and word not in asked}


def test_no_token_of_one_opens_or_changes_what_is_anothers(quarter):
    programs = {one.id: Program(quarter, one) for one in NEIGHBOURS}
    for mine in NEIGHBOURS:
        program = programs[mine.id]
        for other in others_than(mine):
            before, people = rows_of(quarter, *others_than(mine)), rows(quarter)
            theirs, of_theirs = needles(quarter, other), named(quarter, other)
            for operation in OPERATIONS:
                body = body_about(operation, other)
                for path in paths_of(operation, of_theirs)[:2]:
                    code, text = program.ask(operation.method, path, body, of=other)
                    # It names the address that it was asked at, and nothing besides.
                    assert (code, leaked(text, theirs, other.base_url + path)) == (401, set()), path
                    code, text = program.ask(operation.method, path, body)
                    known = str(body) + path
                    assert leaked(text, theirs, known) == set(), path
                    assert (code in REFUSED) == bool(operation.path.count("{") or operation.id in NAMES_IN_BODY), path
            assert rows_of(quarter, *others_than(mine)) == before
            assert rows(quarter) == people


#: Nothing there, not to be done, not what the document says.
REFUSED = (404, 409, 422)
#: What names a list or a person in its body alone.
NAMES_IN_BODY = {"findSubscriber", "askToJoin", "addSubscriber"}


def body_about(operation: Operation, other: Neighbour) -> object:
    """A good body that names somebody and something of another community."""
    if operation.body is None:
        return None
    (example,) = operation.body.model_config["json_schema_extra"]["examples"]
    theirs = {"address": other.own[1], "list": other.list, "digests": [other.digest], "topics": [other.topic]}
    return {**example, **{name: value for name, value in theirs.items() if name in operation.body.model_fields}}


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


def test_every_page_of_a_community_is_known_as_one_that_no_other_may_lie_on(quarter):
    routes = list(quarter.shifts[LAB.id]._now.app.routes)
    routes += [one for route in routes if route.path == "" for one in route.routes]
    assert {route.path.split("/")[1] for route in routes if route.path} == RESERVED


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
    nothing_shows_elsewhere(whole, studio=150)
    no_form_of_an_editor_changes_what_is_anothers(whole)
    numbers_are_each_ones_own(whole, NEIGHBOURS)
    rows_keep_to_their_community(whole)
    assert {maker for maker, tables in whole.wide.items() if tables and maker not in ACROSS} == set()
