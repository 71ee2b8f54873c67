"""Moving from one digest to another: the days that neither of their issues would tell."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from support_mailings import Clock, mails, opened, recipients, sample, send_issue, send_weekly, words

from newsletter.app import dispatching
from newsletter.app.owning.choosing import choose
from newsletter.app.sending.addressing import PREFERENCES
from newsletter.app.sending.control import status
from newsletter.app.workspace import Workspace
from newsletter.people.preferences import PreferencesForm
from newsletter.people.tokens import make_token
from newsletter.store import mailings, subscribers

READERS = """email,name,timezone,clock,topics,digests
ada@example.org,Ada,America/Los_Angeles,12,,weekly
mona@example.org,Mona,America/Los_Angeles,12,,monthly
"""
MONTHLY, WEEKLY, NEXT = "monthly-2026-11-30", "weekly-2026-12-04", "weekly-2026-12-11"


SOLSTICE = """---
title: Maps by candlelight
start: 2026-12-21T16:00:00
end: 2026-12-21T17:00:00
---
The longest night, and the oldest maps.
"""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """December's issue went to Mona, and that of 7 to 13 December to Ada."""
    clock = Clock("2026-11-30 09:00")
    ws = sample(tmp_path_factory.mktemp("switching") / "ws", clock, READERS)
    (ws.root / "content/deep-dives/2026-12-21-maps.md").write_text(SOLSTICE, encoding="utf-8")
    assert send_issue(ws, clock, "monthly", "2026-11-30 09:00") == MONTHLY
    assert send_weekly(ws, clock) == WEEKLY
    ws.store.close()
    return ws.root


@pytest.fixture
def clock() -> Clock:
    return Clock("2026-12-09 09:00")


@pytest.fixture
def ws(sent: Path, tmp_path: Path, clock: Clock) -> Workspace:
    """The Wednesday of the week that Ada's issue told."""
    shutil.copytree(sent, tmp_path / "ws")
    return opened(tmp_path / "ws", clock)


def moves(ws: Workspace, address: str, *digests: str, issues: Sequence[str] = (MONTHLY, WEEKLY)) -> None:
    """Somebody saves the page of choices with these digests, and what that plans is sent."""
    with ws.store.read() as connection:
        person = subscribers.by_key(connection, ws.settings.community.id, address)
    assert person is not None
    token = make_token(ws.secret, PREFERENCES, person.id, "community")
    topics = ws.settings.lists["community"].topics
    zone = ws.settings.community.timezone
    chosen = choose(ws, token, PreferencesForm(digests=digests, topics=topics, timezones=(zone,), clocks=("12",)))
    assert chosen is not None
    assert chosen.saved
    with dispatching.provider_of(ws) as provider:
        for key in issues:
            dispatching.send_rest(ws, provider, key)


def last_of(ws: Workspace, address: str) -> str:
    with ws.store.read() as connection:
        person = subscribers.by_key(connection, ws.settings.community.id, address)
        assert person is not None
        return mailings.baselines(connection, ws.settings.community.id, "community")[person.id].issue


def test_the_rest_of_the_month_is_told_at_once(ws: Workspace) -> None:
    moves(ws, "ada@example.org", "monthly")

    assert recipients(ws, MONTHLY) == ["ada@example.org", "mona@example.org"]
    text = words(mails(ws, MONTHLY)[0])
    assert "Mon 21 Dec" in text
    assert "Maps by candlelight" in text
    assert "Tue 8 Dec" not in text, "yesterday's is over"
    assert status(ws, MONTHLY)["state"] == "sent"


def test_the_issue_that_came_last_is_what_the_next_one_is_told_against(ws: Workspace, clock: Clock) -> None:
    moves(ws, "ada@example.org", "monthly")
    assert last_of(ws, "ada@example.org") == MONTHLY
    moves(ws, "ada@example.org", "weekly")
    send_issue(ws, clock, "weekly", "2026-12-11 09:00")

    text = words(mails(ws, NEXT)[0])
    assert "reminder" in text.casefold(), "what the monthly issue told is no news"


def test_nobody_gets_an_issue_again_by_going_to_and_fro(ws: Workspace) -> None:
    for digest in ("monthly", "weekly", "monthly"):
        moves(ws, "ada@example.org", digest)

    assert recipients(ws, MONTHLY).count("ada@example.org") == 1
    assert recipients(ws, WEEKLY).count("ada@example.org") == 1


def test_who_knows_all_of_it_gets_no_mail_and_the_ledger_says_why(tmp_path: Path) -> None:
    """The monthly issue, which came later, told all that the weekly one had."""
    clock = Clock("2026-11-27 09:00")
    ws = sample(tmp_path / "ws", clock, READERS)
    before = send_weekly(ws, clock, "2026-11-27 09:00")
    send_issue(ws, clock, "monthly", "2026-11-30 09:00")

    clock.move("2026-11-30 12:00")
    moves(ws, "mona@example.org", "weekly", issues=(before,))

    assert recipients(ws, before) == ["ada@example.org"]
    assert status(ws, before)["states"]["skipped"] == 1


def test_an_issue_whose_days_are_over_is_not_sent(ws: Workspace, clock: Clock) -> None:
    clock.move("2027-01-06 09:00")
    moves(ws, "ada@example.org", "monthly")

    assert recipients(ws, MONTHLY) == ["mona@example.org"]


def test_other_topics_alone_send_nothing(ws: Workspace) -> None:
    moves(ws, "ada@example.org", "weekly")

    assert recipients(ws, WEEKLY) == ["ada@example.org"]
    assert status(ws, WEEKLY)["planned"] == 1
