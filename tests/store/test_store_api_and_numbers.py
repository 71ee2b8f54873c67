"""Tokens, kept answers, numbers by day and parts of lists, on each database."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from support_workspace import KEY, NOW, Clock, open_at, slot

from newsletter.app.subscribing import add, suppress
from newsletter.app.workspace import Workspace
from newsletter.model.api import ApiToken
from newsletter.model.numbers import Number
from newsletter.store import api_tokens, issues, numbers, pages

pytestmark = pytest.mark.no_cover  # other tests cover its lines

HERE, THERE = "data-lab", "other-lab"
DAY = date(2026, 12, 4)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path, Clock())


def token(name: str, token_id: str = "a") -> ApiToken:
    return ApiToken(token_id, name, "f" * 64, ("status:read",), NOW)


def test_a_tokens_name_and_id_are_its_communitys_own(ws: Workspace) -> None:
    with ws.store.begin() as connection:
        assert api_tokens.put(connection, HERE, token("site"))
        assert not api_tokens.put(connection, HERE, token("site", "b"))
        assert not api_tokens.put(connection, HERE, token("another"))
        assert api_tokens.put(connection, THERE, token("site"))
        api_tokens.note_used(connection, HERE, {"a": DAY})
        api_tokens.note_used(connection, HERE, {"a": DAY - timedelta(days=3)})
        assert api_tokens.revoke(connection, THERE, "site", NOW)
        assert not api_tokens.revoke(connection, THERE, "site", NOW)
    with ws.store.read() as connection:
        [mine] = api_tokens.all_of(connection, HERE)
        theirs = api_tokens.find(connection, THERE, "a")
    assert (mine.used_on, mine.revoked_at, mine.scopes) == (DAY, None, ("status:read",))
    assert theirs is not None
    assert (theirs.used_on, theirs.revoked_at) == (None, NOW)


def test_an_answer_is_kept_for_its_key_until_it_is_forgotten(ws: Workspace) -> None:
    with ws.store.begin() as connection:
        assert api_tokens.begin_answer(connection, HERE, "a", "k", "request", NOW) is None
        api_tokens.keep_answer(connection, HERE, "a", "k", status=200, body="{}")
    with ws.store.begin() as connection:
        kept = api_tokens.begin_answer(connection, HERE, "a", "k", "another", NOW)
        assert kept is not None
        assert (kept.request, kept.status, kept.body) == ("request", 200, "{}")
        assert api_tokens.begin_answer(connection, HERE, "b", "k", "request", NOW) is None
        assert api_tokens.begin_answer(connection, THERE, "a", "k", "request", NOW) is None
        assert api_tokens.forget_answers(connection, HERE, NOW) == 0
        assert api_tokens.forget_answers(connection, HERE, NOW + timedelta(seconds=1)) == 2


def test_numbers_add_up_and_stay_with_their_community(ws: Workspace) -> None:
    one = Number(DAY, "web copy", KEY, 2)
    with ws.store.begin() as connection:
        numbers.add(connection, HERE, [one, Number(DAY, "feed", "weekly", 1)])
        numbers.add(connection, HERE, [one])
        numbers.add(connection, THERE, [one])
        numbers.mark(connection, HERE, 7)
        numbers.mark(connection, HERE, 9)
    with ws.store.read() as connection:
        assert [found.count for found in numbers.between(connection, HERE, DAY, DAY, about=KEY)] == [4]
        assert numbers.totals(connection, THERE, ("web copy",)) == {("web copy", KEY): 2}
        assert (numbers.marked(connection, HERE), numbers.marked(connection, THERE)) == (9, None)


def test_members_are_counted_by_the_topics_they_chose(ws: Workspace) -> None:
    for number, topics in enumerate((None, ["talks"], ["talks"], [])):
        add(ws, f"reader{number}@example.org", "community", topics=topics)
    with ws.store.read() as connection:
        found = numbers.readers_of_topics(connection, HERE)
        assert numbers.readers_of_topics(connection, THERE) == {}
    assert found == {None: 1, ("talks",): 2, (): 1}


def test_lists_go_on_behind_the_last_row_that_was_seen(ws: Workspace) -> None:
    keys = [f"weekly-2027-01-{day:02}" for day in range(1, 6)]
    with ws.store.begin() as connection:
        for key in keys:
            issues.insert_slot(connection, HERE, slot(key, datetime(2027, 1, 1, tzinfo=UTC)))
    with ws.store.read() as connection:
        first = pages.issues(connection, HERE, state="due", most=2)
        rest = pages.issues(connection, HERE, behind=(first[-1].send_at, first[-1].key), most=9)
        assert pages.issues(connection, THERE, most=9) == ()
        assert pages.one_issue(connection, THERE, keys[0]) is None
    assert [one.key for one in (*first, *rest)] == keys[::-1]
    for number in range(4):
        suppress(ws, f"barred{number}@example.org")
    with ws.store.read() as connection:
        some = pages.suppressions(connection, HERE, reason="operator", most=3)
        more = pages.suppressions(connection, HERE, behind=some[-1].who, most=9)
        assert pages.suppressions(connection, HERE, reason="bounced", most=9) == ()
    assert [one.who for one in (*some, *more)] == sorted({one.who for one in (*some, *more)})
    assert len(some) + len(more) == 4
