import json
from pathlib import Path

import pytest
from support_workspace import Clock, open_at

from newsletter.app.exporting import export_csv, export_jsonl
from newsletter.app.importing.subscribers_file import import_bytes, import_file
from newsletter.app.owning.changing_address import change_address
from newsletter.app.subscribing import (
    SubscriberError,
    add,
    leave,
    listing,
    look_up_leave,
    remove,
    show,
    suppress,
)
from newsletter.app.workspace import Workspace
from newsletter.people.address import address_hash
from newsletter.people.tokens import make_token
from newsletter.store import consents

MIRA = "mira@example.org"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path, Clock())


def state(ws: Workspace, address: str = MIRA) -> str:
    return show(ws, address).subscriptions[0].state


def link(ws: Workspace, address: str = MIRA, list_name: str = "community") -> str:
    return make_token(ws.secret, "leave", show(ws, address).subscriber.id, list_name)


def test_somebody_is_added_once_however_their_address_is_written(ws: Workspace) -> None:
    first = add(ws, MIRA, "community", name="Mira", timezone="Berlin", clock=24, topics=["talks"])
    again = add(ws, "MIRA@Example.ORG", "community", topics=["dives"])
    assert (first.new, again.new, again.refusal) == (True, False, "")
    (found,) = listing(ws)
    assert found[0].timezone == "Europe/Berlin"
    assert (found[1].topics, found[1].digests) == (("talks",), ("weekly",))
    assert [line.action for line in show(ws, MIRA).consents] == ["added"]


def test_a_known_reader_may_join_a_second_list(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    assert add(ws, MIRA, "staff").new
    assert [(one[1].list, one[1].state) for one in listing(ws)] == [("community", "active"), ("staff", "active")]
    assert len(listing(ws, "staff")) == 1
    assert listing(ws, state="left") == ()


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda ws: add(ws, "nobody", "community"), "not an address"),
        (lambda ws: add(ws, MIRA, "jobs"), "community, staff"),
        (lambda ws: add(ws, MIRA, "community", timezone="Atlantis/Centre"), "Atlantis"),
        (lambda ws: add(ws, MIRA, "community", topics=["yoga"]), "talks, dives"),
        (lambda ws: add(ws, MIRA, "community", digests=["daily"]), "weekly, monthly"),
        (lambda ws: show(ws, MIRA), MIRA),
        (lambda ws: remove(ws, MIRA), MIRA),
        (lambda ws: change_address(ws, MIRA, "new@example.org"), MIRA),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence_and_leaves_nothing(ws: Workspace, call, word: str) -> None:
    with pytest.raises(SubscriberError, match=word):
        call(ws)
    assert listing(ws) == ()


def test_the_link_in_a_mail_leaves_its_list_and_no_other_and_may_be_used_again(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    add(ws, MIRA, "staff")
    token = link(ws)
    assert leave(ws, token, "one-click")
    assert leave(ws, token, "one-click")
    person = show(ws, MIRA)
    assert [(one.list, one.state) for one in person.subscriptions] == [("community", "left"), ("staff", "active")]
    assert [(one.action, one.how) for one in person.consents if one.list == "community"] == [
        ("added", "command line"),
        ("left", "one-click"),
    ]


def test_looking_at_a_leave_link_changes_nothing(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    before = show(ws, MIRA)
    found = look_up_leave(ws, link(ws))
    assert found is not None
    assert (found.list, found.title, found.state) == ("community", "Common Hours", "active")
    assert show(ws, MIRA) == before


@pytest.mark.parametrize("forged", ["", "abc", "A" * 60])
def test_a_link_we_did_not_make_does_nothing(ws: Workspace, forged: str) -> None:
    add(ws, MIRA, "community")
    other_purpose = make_token(ws.secret, "preferences", show(ws, MIRA).subscriber.id, "community")
    for token in (
        forged,
        other_purpose,
        make_token(b"their key", "leave", show(ws, MIRA).subscriber.id, "community"),
    ):
        assert not leave(ws, token, "page")
        assert look_up_leave(ws, token) is None
    assert state(ws) == "active"


def test_the_link_of_somebody_who_is_gone_is_still_answered_kindly(ws: Workspace) -> None:
    token = make_token(ws.secret, "leave", "erased long ago", "community")
    assert leave(ws, token, "one-click")
    found = look_up_leave(ws, token)
    assert found is not None
    assert found.state is None


def test_who_left_is_not_brought_back_by_hand_or_by_file(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    leave(ws, link(ws), "page")
    assert "only they can come back" in add(ws, MIRA, "community").refusal
    report = import_bytes(ws, b"email\nmira@example.org\n", "people.csv", "community")
    assert (report.new, report.known) == (0, 0)
    assert report.lines("suppressed") == (2,)
    assert state(ws) == "left"


def test_removing_is_like_leaving_and_keeps_the_reason(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    add(ws, MIRA, "staff")
    assert remove(ws, MIRA, "community", reason="asked by telephone")
    assert not remove(ws, MIRA, "community")
    assert show(ws, MIRA).consents[-1].detail == "asked by telephone"
    assert remove(ws, MIRA)
    assert {one.state for one in show(ws, MIRA).subscriptions} == {"left"}


def test_an_address_can_be_suppressed_before_it_was_ever_ours(ws: Workspace) -> None:
    assert suppress(ws, MIRA, detail="asked us never to write")
    assert not suppress(ws, "Mira@example.org")
    assert "suppressed" in add(ws, MIRA, "community").refusal
    report = import_bytes(ws, b"email\nmira@example.org\nnoor@example.org\n", "people.csv", "community")
    assert (report.new, report.lines("suppressed")) == (1, (2,))
    assert [person.address for person, _ in listing(ws)] == ["noor@example.org"]


def test_a_new_address_keeps_the_person_and_tells_the_log_under_both(ws: Workspace) -> None:
    before = add(ws, MIRA, "community").subscriber
    token = link(ws)
    after = change_address(ws, MIRA, "Lund@example.org", reason="a new name")
    assert (after.id, after.address) == (before.id, "Lund@example.org")
    there = show(ws, "Lund@example.org").consents
    assert [(line.action, line.detail) for line in there] == [("added", ""), ("moved", "a new name")]
    with ws.store.read() as connection:
        here = consents.of(connection, ws.settings.community.id, address_hash(ws.hash_key, MIRA))
    assert [(line.action, line.detail, line.at) for line in here] == [
        (line.action, line.detail, line.at) for line in there
    ]
    assert leave(ws, token, "page")
    assert state(ws, "lund@example.org") == "left"
    with pytest.raises(SubscriberError, match="nobody"):
        show(ws, MIRA)


def test_an_address_is_not_taken_from_somebody_else_or_from_the_suppressed(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    add(ws, "noor@example.org", "community")
    suppress(ws, "dead@example.org")
    with pytest.raises(SubscriberError, match="another subscriber"):
        change_address(ws, MIRA, "NOOR@example.org")
    with pytest.raises(SubscriberError, match="suppressed"):
        change_address(ws, MIRA, "dead@example.org")
    assert change_address(ws, MIRA, "Mira@example.org").address == "Mira@example.org"


def test_a_file_is_imported_once_and_every_line_is_accounted_for(ws: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email,name,state\nmira@example.org,Mira,\nbad,x,\nMIRA@example.org,,\ngone@example.org,,left\n")
    rehearsal = import_file(ws, file, "community", dry_run=True)
    assert listing(ws) == ()
    report = import_file(ws, file, "community")
    assert (rehearsal.new, report.new, report.known) == (1, 1, 0)
    assert [report.lines(outcome) for outcome in ("invalid", "duplicate", "ended")] == [(3,), (4,), (5,)]
    assert (rehearsal.counts, report.rows) == (report.counts, 4)
    assert [problem.origin.line for problem in report.problems] == [3, 4, 5]
    again = import_file(ws, file, "community")
    assert (again.new, again.known) == (0, 2)
    assert [line.action for line in show(ws, MIRA).consents] == ["imported"]


def test_what_is_exported_goes_into_another_store_and_gives_the_same_people(ws: Workspace, tmp_path: Path) -> None:
    add(ws, MIRA, "community", name="=1+1", timezone="Europe/Berlin", clock=24, topics=["dives"], digests=["monthly"])
    add(ws, "noor@example.org", "community", topics=[])
    add(ws, "left@example.org", "community")
    remove(ws, "left@example.org")
    (tmp_path / "other").mkdir()
    other = open_at(tmp_path / "other", Clock())
    report = import_bytes(other, "".join(export_csv(ws)).encode(), "export.csv", "community")
    assert (report.new, report.lines("ended"), report.remarked) == (2, (2,), ())
    (_, gone), (mira, hers), (noor, his) = listing(other)
    assert gone.state == "left"
    assert (mira.name, mira.timezone, mira.clock) == ("=1+1", "Europe/Berlin", 24)
    assert (hers.topics, hers.digests) == (("dives",), ("monthly",))
    assert (noor.address, his.topics) == ("noor@example.org", ())


def test_the_full_export_has_everybody_with_their_log(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    remove(ws, MIRA)
    (line,) = export_jsonl(ws)
    document = json.loads(line)
    assert document["subscriptions"][0]["state"] == "left"
    assert [one["action"] for one in document["consents"]] == ["added", "removed"]
