"""Importing into a store: everything is accounted for, nobody is raised, what goes out comes in again as it was."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from support_workspace import Clock, open_at

from newsletter.app.exporting import export_csv, export_jsonl
from newsletter.app.importing import subscribers_file
from newsletter.app.importing.account import AccountLine
from newsletter.app.importing.subscribers_file import ImportReport, import_bytes, import_file
from newsletter.app.subscribing import SubscriberError, add, remove, show, suppress
from newsletter.app.timing import UsageError
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.people import Subscription
from newsletter.model.workspace import AddressSettings
from newsletter.store import subscribers
from newsletter.store.tables import consent, metadata, subscriber, subscription

FILES = Path(__file__).parents[1] / "data" / "imports"
MIRA, NOOR = "mira.lund@example.org", "noor.haddad@example.org"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path, Clock())


@pytest.fixture
def empty(tmp_path: Path) -> Workspace:
    (tmp_path / "other").mkdir()
    return open_at(tmp_path / "other", Clock())


def bring(ws: Workspace, text: str, name: str = "people.csv", **how: object) -> ImportReport:
    return import_bytes(ws, text.encode(), name, "community", **how)


def state(ws: Workspace, address: str) -> str:
    return show(ws, address).subscriptions[0].state


def dump(ws: Workspace) -> list[str]:
    """Everything in the store, as text."""
    with ws.store.read() as connection:
        tables = metadata.sorted_tables
        return [f"{table.name} {tuple(row)}" for table in tables for row in connection.execute(sa.select(table))]


def whole(ws: Workspace) -> list[dict[str, object]]:
    """Everybody as our own export tells of them, without the ids a store gives."""
    return [{name: value for name, value in json.loads(line).items() if name != "id"} for line in export_jsonl(ws)]


def test_a_dry_run_tells_what_the_real_run_tells_and_writes_nothing(ws: Workspace) -> None:
    text = f"email,state\n{MIRA},\nbad,\n{MIRA.upper()},\ngone@example.org,unsubscribed\npend@example.org,pending\n"
    before = dump(ws)
    told: dict[bool, list[AccountLine]] = {True: [], False: []}
    rehearsal = bring(ws, text, dry_run=True, tell=told[True].append)
    assert dump(ws) == before
    report = bring(ws, text, tell=told[False].append)
    assert told[True] == told[False]
    assert rehearsal.counts == report.counts == {"new": 1, "invalid": 1, "duplicate": 1, "ended": 1, "left out": 1}
    assert [(one.line, one.outcome) for one in told[True]] == [
        (2, "new"), (3, "invalid"), (4, "duplicate"), (5, "ended"), (6, "left out"),
    ]  # fmt: skip


def test_check_51_a_hostile_file_is_told_line_by_line_and_those_kept_out_stay_out(ws: Workspace) -> None:
    add(ws, "left@example.org", "community")
    remove(ws, "left@example.org")
    suppress(ws, "dead@example.org")
    rows = ["left@example.org;x", "DEAD@example.org;x", "=cmd|' /C calc'!A0;x", "mira@example.org;=1+1", "zoë@;x"]
    rows += ["mira@example.org;again", "a;b;c;d"]
    data = "\ufeff" + "\r\n".join(["E-Mail;Name", *rows])
    report = import_bytes(ws, data.encode("utf-16"), "hostile.csv", "community")
    assert report.counts == {"new": 1, "suppressed": 2, "invalid": 3, "duplicate": 1}
    assert (report.lines("suppressed"), report.lines("invalid")) == ((2, 3), (4, 6, 8))
    assert (state(ws, "left@example.org"), show(ws, "mira@example.org").subscriber.name) == ("left", "=1+1")
    assert ",'=1+1," in "".join(export_csv(ws))


def test_check_51_a_run_that_breaks_off_leaves_nothing_behind(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    add(ws, "known@example.org", "community")
    before = dump(ws)

    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(subscribers_file, "put_right", broken)
    with pytest.raises(OSError, match="full"):
        bring(ws, f"email\n{MIRA}\n")
    assert dump(ws) == before
    monkeypatch.undo()
    assert bring(ws, f"email\n{MIRA}\n").new == 1


def test_check_26_two_spellings_of_one_address_are_one_person_mailed_as_first_written(
    ws: Workspace,
) -> None:
    report = bring(ws, "email\nMira.Lund@EXAMPLE.org\nmira.lund@example.org\npost@bücher.example.org\n"
                       "post@xn--bcher-kva.example.org\nmira.lund+talks@example.org\n")  # fmt: skip
    assert (report.new, report.lines("duplicate")) == (3, (3, 5))
    assert show(ws, "MIRA.LUND@example.org").subscriber.address == "Mira.Lund@example.org"


def test_of_two_lines_of_one_person_the_graver_counts(ws: Workspace) -> None:
    report = bring(ws, f"email,state\n{MIRA},active\n{MIRA},unsubscribed\n")
    assert (report.new, report.lines("duplicate"), report.lines("ended")) == (0, (2,), (3,))
    assert state(ws, MIRA) == "left"


def test_the_moment_somebody_agreed_is_kept_apart_from_the_moment_of_the_import(ws: Workspace) -> None:
    import_file(ws, FILES / "mailchimp_subscribed.csv", "community")
    person = show(ws, MIRA)
    agreed = datetime(2021, 3, 4, 10, 20, 1, tzinfo=UTC)
    (line,) = person.consents
    assert (line.action, line.at, line.given_at) == ("imported", ws.clock(), agreed)
    assert line.detail == "mailchimp_subscribed.csv:2"
    assert (person.subscriptions[0].since, person.subscriber.created_at) == (agreed, agreed)
    assert person.subscriber.attributes["OPTIN_IP"] == "192.0.2.17"


def test_whom_a_file_says_to_have_left_is_kept_as_that_and_not_raised_by_the_next_file(ws: Workspace) -> None:
    assert import_file(ws, FILES / "mailchimp_unsubscribed.csv", "community").counts == {"ended": 1}
    joaquin = show(ws, "joaquin.ferrer@example.org")
    assert joaquin.subscriptions[0].state == "left"
    assert joaquin.subscriptions[0].since == datetime(2022, 6, 1, 7, 30, tzinfo=UTC)
    assert bring(ws, "email\njoaquin.ferrer@example.org\n").counts == {"suppressed": 1}


def test_whose_mail_bounced_or_who_complained_is_suppressed_by_hash_alone(ws: Workspace) -> None:
    for name in ("mailchimp_cleaned.csv", "sendgrid_spam_reports.csv"):
        assert import_file(ws, FILES / name, "community").counts == {"ended": 1}
    text = "\n".join(dump(ws))
    assert "leilani" not in text
    assert "siobhan" not in text
    assert bring(ws, "email\nleilani.kahale@example.org\nsiobhan.byrne@example.org\n").counts == {"suppressed": 2}


def test_a_bounce_of_somebody_we_have_ends_all_their_memberships(ws: Workspace) -> None:
    add(ws, "leilani.kahale@example.org", "community")
    add(ws, "leilani.kahale@example.org", "staff")
    import_file(ws, FILES / "sendgrid_bounces.csv", "community")
    person = show(ws, "leilani.kahale@example.org")
    assert ({one.state for one in person.subscriptions}, person.suppressed) == ({"bounced"}, "bounced")


def test_a_graver_report_takes_the_place_of_a_lighter_one(ws: Workspace) -> None:
    bring(ws, f"email\n{MIRA}\n", state="bounced")
    assert bring(ws, f"email\n{MIRA}\n", state="complained").counts == {"ended": 1}
    assert bring(ws, f"email\n{MIRA}\n", state="bounced").counts == {"suppressed": 1}


def test_who_came_back_after_leaving_elsewhere_is_not_sent_away_by_an_old_file(ws: Workspace) -> None:
    add(ws, "joaquin.ferrer@example.org", "community")
    assert import_file(ws, FILES / "mailchimp_unsubscribed.csv", "community").counts == {"known": 1}
    assert state(ws, "joaquin.ferrer@example.org") == "active"
    assert bring(ws, "email\njoaquin.ferrer@example.org\n", state="left").counts == {"ended": 1}
    assert state(ws, "joaquin.ferrer@example.org") == "left"


def test_who_waits_for_their_confirmation_is_confirmed_by_a_file_as_before(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    with ws.store.begin() as connection:
        mine = show(ws, MIRA).subscriptions[0]
        waiting = Subscription(mine.subscriber_id, mine.list, mine.digests, mine.topics, "pending")
        subscribers.put_subscription(connection, "data-lab", waiting, ws.clock())
    assert bring(ws, f"email\n{MIRA}\n").counts == {"new": 1}
    assert state(ws, MIRA) == "active"


def test_somebody_on_another_list_comes_onto_this_one_and_keeps_their_choices(ws: Workspace) -> None:
    before = add(ws, MIRA, "staff", timezone="Asia/Tokyo").subscriber
    assert bring(ws, f"email,timezone\n{MIRA},Europe/Berlin\n").counts == {"new": 1}
    person = show(ws, MIRA)
    assert (person.subscriber.id, person.subscriber.timezone) == (before.id, "Asia/Tokyo")
    assert [one.list for one in person.subscriptions] == ["community", "staff"]


@pytest.mark.parametrize("file", sorted(path.name for path in FILES.iterdir()))
def test_every_export_goes_in_and_out_and_in_again_as_it_was(ws: Workspace, empty: Workspace, file: str) -> None:
    report = import_file(ws, FILES / file, "community")
    assert report.problem == ""
    assert report.rows == sum(report.counts.values())
    told = "".join(export_jsonl(ws))
    import_bytes(empty, told.encode(), "everybody.jsonl")
    assert [(one["address"], one["subscriptions"]) for one in whole(empty) if "address" in one] == [
        (one["address"], one["subscriptions"]) for one in whole(ws) if "address" in one
    ]
    assert whole(empty) == whole(ws)


def test_everything_that_is_known_of_people_survives_the_way_through_a_file(ws: Workspace, empty: Workspace) -> None:
    import_file(ws, FILES / "buttondown.csv", "community")
    add(ws, MIRA, "staff", how="by hand")
    add(ws, "zoe@example.org", "community", topics=[], digests=["monthly"], language="de", clock=24)
    remove(ws, "zoe@example.org", reason="by telephone")
    suppress(ws, NOOR)
    suppress(ws, MIRA)
    report = import_bytes(empty, "".join(export_jsonl(ws)).encode(), "everybody.jsonl")
    assert report.counts == {"new": 2, "ended": 6}
    assert whole(empty) == whole(ws)
    again = import_bytes(empty, "".join(export_jsonl(ws)).encode(), "everybody.jsonl")
    assert again.new == 0
    assert whole(empty) == whole(ws)


def test_suppressions_made_under_another_key_are_not_taken_for_ours(ws: Workspace, empty: Workspace) -> None:
    suppress(ws, NOOR)
    told = "".join(export_jsonl(ws)).replace('"key":"', '"key":"0')
    report = import_bytes(empty, told.encode(), "everybody.jsonl")
    assert (report.lines("invalid"), "secret.key" in report.problems[0].text) == ((1,), True)


def test_the_lists_of_our_own_table_are_kept_unless_another_is_said(ws: Workspace, empty: Workspace) -> None:
    add(ws, MIRA, "staff")
    add(ws, MIRA, "community")
    table = "".join(export_csv(ws)).encode()
    import_bytes(empty, table, "export.csv")
    assert [one.list for one in show(empty, MIRA).subscriptions] == ["community", "staff"]
    assert import_bytes(ws, table, "export.csv", "community").counts == {"known": 1, "duplicate": 1}


def test_without_a_list_everybody_is_refused_where_there_are_several(ws: Workspace) -> None:
    report = import_bytes(ws, f"email\n{MIRA}\n".encode(), "people.csv")
    assert "say --list" in report.problems[0].text
    with pytest.raises(SubscriberError, match="no list 'nowhere'"):
        import_bytes(ws, b"email\n", "people.csv", "nowhere")


@pytest.mark.parametrize("how", [{"profile": "mailgrill"}, {"state": "asleep"}])
def test_a_profile_or_state_that_there_is_not_is_named(ws: Workspace, how: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"mailgrill|asleep"):
        bring(ws, "email\n", **how)


def test_a_workspace_flags_names_and_domains_of_its_own(ws: Workspace) -> None:
    own = AddressSettings(roles=("Vorstand@",), disposable_domains=("gone.example.org",))
    text = "email\nvorstand@example.org\nmira@gone.example.org\nnoor@example.org\n"
    assert [one.line for one in bring(with_settings(ws, addresses=own), text, dry_run=True).remarked] == [2, 3]
    assert bring(ws, text).remarked == ()


def test_addresses_of_roles_and_of_throwaway_domains_are_flagged_and_taken(ws: Workspace) -> None:
    report = bring(ws, "email\ninfo@example.org\nmira@mail.yopmail.com\nnoor@example.org\n")
    assert report.new == 3
    assert [(one.line, len(one.remarks)) for one in report.remarked] == [(2, 1), (3, 1)]


@pytest.mark.sqlite_only  # reads its schema table
def test_many_new_people_find_their_indexes_again(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.store.imports._MANY", 1)
    indexes = lambda: [line for line in schema(ws) if "index" in line.lower()]  # noqa: E731
    before = sorted(indexes())
    bring(ws, "email\n" + "\n".join(f"reader{number}@example.org" for number in range(20)))
    assert sorted(indexes()) == before
    assert state(ws, "reader7@example.org") == "active"


def test_the_log_of_the_database_is_short_again_afterwards(ws: Workspace) -> None:
    bring(ws, "email\n" + "\n".join(f"reader{number}@example.org" for number in range(3000)))
    assert sum(path.stat().st_size for path in (ws.root / "subscribers").glob("*-wal")) < 100_000
    assert state(ws, "reader7@example.org") == "active"


def schema(ws: Workspace) -> list[str]:
    with ws.store.read() as connection:
        return list(connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").scalars())


def test_ids_of_one_import_are_all_different_and_tell_nothing(ws: Workspace) -> None:
    bring(ws, "email\n" + "\n".join(f"reader{number}@example.org" for number in range(50)))
    with ws.store.read() as connection:
        ids = connection.execute(sa.select(subscriber.c.id)).scalars().all()
        rows = connection.execute(sa.select(sa.func.count()).select_from(consent)).scalar_one()
        active = connection.execute(sa.select(sa.func.count()).select_from(subscription)).scalar_one()
    assert (len(set(ids)), {len(one) for one in ids}, rows, active) == (50, {20}, 50, 50)


def test_progress_reaches_the_end_of_the_file(ws: Workspace) -> None:
    data = b"email\n" + b"".join(b"reader%d@example.org\n" % number for number in range(5000))
    seen: list[int] = []
    import_bytes(ws, data, "people.csv", "community", dry_run=True, progress=seen.append)
    assert (seen[-1], seen) == (len(data), sorted(seen))


def test_a_report_names_some_lines_and_the_account_all(ws: Workspace) -> None:
    told: list[AccountLine] = []
    data = "email\n" + "bad\n" * (subscribers_file.NAMED + 5)
    report = bring(ws, data, dry_run=True, tell=told.append)
    assert (report.count("invalid"), len(report.named), len(told)) == (1005, 1000, 1005)


def test_the_ids_of_an_import_say_nothing_of_the_addresses_beside_them(ws: Workspace) -> None:
    """An id outlives its person: whoever knows its neighbours' addresses is to learn nothing of theirs."""
    bring(ws, "email\n" + "\n".join(f"reader{number:02d}@example.org" for number in range(30)))
    with ws.store.read() as connection:
        found = sa.select(subscriber.c.address, subscriber.c.who).order_by(subscriber.c.id)
        rows = [tuple(row) for row in connection.execute(found)]

    assert [who for _, who in rows] == sorted(who for _, who in rows)
    assert [address for address, _ in rows] != sorted(address for address, _ in rows)
