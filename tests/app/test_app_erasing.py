"""Erasing: no byte of the address is left in what the program keeps, and it is kept out from then on."""

import logging
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_workspace import Clock

from newsletter.app.dispatching import provider_of, send_issue
from newsletter.app.drafting import draft_issue
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.joining.asking import request
from newsletter.app.owning.changing_address import change_address
from newsletter.app.owning.erasing import erase
from newsletter.app.owning.fresh_links import ask_new_address, mail_link
from newsletter.app.owning.leaving import leave
from newsletter.app.sample import init_workspace
from newsletter.app.sending.reports import apply_notices
from newsletter.app.service_mails import post_service_mails
from newsletter.app.subscribing import add, listing, remove, show
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.model.delivery import Notice
from newsletter.model.joining import Wish
from newsletter.people.address import address_hash, parse_address
from newsletter.people.fresh import MINE, fresh_scope
from newsletter.people.tokens import make_token
from newsletter.store import erasing
from newsletter.store.tables import consent, delivery, delivery_event, suppression

ADA, OLD, WANTED = "Ada.Lovelace@mail.example.org", "ada.byron@mail.example.org", "countess@home.example.org"
WORDS = (b"lovelace", b"ada.byron", b"countess")


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    init_workspace(tmp_path / "lab")
    found = open_workspace(tmp_path / "lab", environ={}, clock=Clock())
    weekly = found.settings.digests["weekly"].model_copy(update={"review": "automatic"})
    return with_settings(found, digests={**found.settings.digests, "weekly": weekly})


def places(ws: Workspace, words: tuple[bytes, ...] = WORDS) -> list[str]:
    """Every file of the workspace that spells one of the words, in any case; but for the development outbox."""
    files = (path for path in ws.root.rglob("*") if path.is_file() and "outbox" not in path.parts)
    return [path.name for path in files if any(word in path.read_bytes().lower() for word in words)]


def with_a_life(ws: Workspace) -> str:
    """Ada, who had an issue that bounced in many words, and of whom others wrote; her id."""
    person = add(ws, OLD, "community", name="Ada Lovelace").subscriber.id
    change_address(ws, OLD, ADA, reason=f"{OLD} is closed")
    with provider_of(ws) as provider:
        draft_issue(ws, "weekly", ws.clock())
        send_issue(ws, provider, "weekly", ws.clock())
    with ws.store.read() as connection:
        (one,) = connection.execute(sa.select(delivery.c.id).where(delivery.c.subscriber_id == person)).scalars()
    said = f"550 5.1.1 <{ADA}>: no such user; was {ADA.upper()}"
    apply_notices(ws, [Notice(one, "deferred", ws.clock(), detail=said)])
    request(ws, Wish("community", WANTED, WANTED), "203.0.113.7")
    request(ws, Wish("community", ADA, ADA.lower()), "203.0.113.8")
    mail_link(ws, person, "community")
    ask_new_address(ws, make_token(ws.secret, MINE, person, fresh_scope("community", ws.clock())), WANTED)
    post_service_mails(ws)
    add(ws, "grace@example.org", "community")
    remove(ws, "grace@example.org", reason=f"she is {ADA}, twice on the list")
    return person


@pytest.mark.sqlite_only  # looks through the file's bytes
def test_check_53_after_erasing_no_byte_is_left_and_only_keyed_hashes_remember(
    ws: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    person = with_a_life(ws)
    assert "newsletter.db" in "".join(places(ws))
    done = erase(ws, ADA)
    assert (done.known, done.traces.left, done.traces.rebuilt) == (True, 0, False)
    erase(ws, WANTED)
    erase(ws, OLD)
    assert places(ws) == []
    assert not any(word.decode() in caplog.text.lower() for word in WORDS)
    assert done.elsewhere == (str(ws.root / "outbox"),), "whole mails are the operator's to delete, and it says so"
    with ws.store.read() as connection:
        who = address_hash(ws.hash_key, parse_address(ADA).key)
        reason = sa.select(suppression.c.reason).where(suppression.c.who == who)
        assert connection.execute(reason).scalar() == "erased"
        lines = connection.execute(sa.select(consent.c.action).where(consent.c.who == who).order_by(consent.c.id))
        assert lines.scalars().all() == ["added", "moved", "left"]
        states = connection.execute(sa.select(delivery.c.state).where(delivery.c.subscriber_id == person)).scalars()
        assert set(states) == {"deferred", "accepted"}, "the ledger still adds up"
        assert connection.execute(sa.select(delivery_event.c.id)).first() is not None
    assert [one.address for one, _ in listing(ws)] == ["grace@example.org"]
    assert show(ws, "grace@example.org").consents[-1].detail == ""


def test_check_53_who_is_erased_is_not_brought_back_by_hand_or_by_file_nor_by_an_old_link(ws: Workspace) -> None:
    person = with_a_life(ws)
    token = make_token(ws.secret, "leave", person, "community")
    erase(ws, ADA)
    assert "suppressed (erased)" in add(ws, ADA, "community").refusal
    import_bytes(ws, f"email\n{ADA}\n{ADA.lower()}\n".encode(), "again.csv", "community")
    assert "lovelace" not in "".join(one.address for one, _ in listing(ws)).lower()
    assert leave(ws, token, "one-click"), "check 36: the link of somebody erased is answered as ever"
    assert places(ws, WORDS[:1]) == []


def test_check_36_leaving_after_an_erasure_twice_and_after_two_years_is_answered_alike(ws: Workspace) -> None:
    person = add(ws, ADA, "community").subscriber.id
    token = make_token(ws.secret, "leave", person, "community")
    assert [leave(ws, token, "one-click"), leave(ws, token, "one-click")] == [True, True]
    ws.clock.sleep(2 * 366 * 86400)  # type: ignore[attr-defined]  # the test's own clock
    assert leave(ws, token, "one-click")
    erase(ws, ADA)
    assert leave(ws, token, "one-click")


@pytest.mark.sqlite_only  # looks through the file's bytes
def test_an_address_that_nobody_had_is_kept_out_too(ws: Workspace) -> None:
    done = erase(ws, ADA)
    assert (done.known, done.traces.left) == (False, 0)
    assert "suppressed (erased)" in add(ws, ADA, "community").refusal
    assert places(ws) == []


@pytest.mark.sqlite_only  # looks through the file's bytes
def test_an_address_that_somebody_else_wished_for_is_forgotten_too(ws: Workspace) -> None:
    grace = add(ws, "grace@example.org", "community").subscriber.id
    ask_new_address(ws, make_token(ws.secret, MINE, grace, fresh_scope("community", ws.clock())), WANTED)
    assert places(ws) == ["newsletter.db"] or "newsletter.db-wal" in places(ws)
    erase(ws, WANTED.upper().replace("@HOME.EXAMPLE.ORG", "@home.example.org"))
    assert places(ws) == []
    assert show(ws, "grace@example.org").subscriptions[0].state == "active"


@pytest.mark.sqlite_only  # looks into the file
def test_what_a_store_kept_from_before_is_rebuilt_away(ws: Workspace) -> None:
    add(ws, ADA, "community")
    ws.store.close()
    with sqlite3.connect(ws.root / "subscribers" / "newsletter.db") as raw:
        # As a program without secure_delete leaves it: the row is gone and its bytes are not.
        raw.execute("PRAGMA secure_delete = off")
        raw.execute(
            "INSERT INTO subscriber SELECT 'copy', community, address || '.', address_key || '.', who, name, "
            "timezone, clock, language, density, text_only, created_at, attributes FROM subscriber"
        )
        raw.execute("DELETE FROM subscriber WHERE id = 'copy'")
    raw.close()
    done = erase(ws, ADA)
    assert (done.traces.left, done.traces.rebuilt, places(ws)) == (0, True, [])


@pytest.mark.sqlite_only  # looks through the file's bytes
def test_an_erasure_that_finds_somebody_elses_longer_address_says_what_is_left(ws: Workspace) -> None:
    add(ws, "ada@example.org", "community")
    add(ws, "b.ada@example.org", "community")
    done = erase(ws, "ada@example.org")
    assert done.known
    assert done.traces.left
    assert [one.address for one, _ in listing(ws)] == ["b.ada@example.org"]


def test_a_word_is_found_across_the_seam_of_two_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "_CHUNK", 8)
    file = tmp_path / "store"
    for lead in range(12):
        file.write_bytes(b"." * lead + b"aDa@x.org" + b"." * 5)
        assert erasing._in_file(file, b"ada@x.org") == 1
