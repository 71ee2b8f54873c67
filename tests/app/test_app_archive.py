"""Publishing for real: an issue is sent, and pages, feeds and calendars follow it and the sources."""

import json
import re
import shutil
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import feedparser
import icalendar
import pytest
from support_archive import KEY, READERS, SENT, SHOWN, at, edit, lab, opened, send

from newsletter.app.archiving.building import MANIFEST, build_archive
from newsletter.app.archiving.calendars import event_file, personal_file, personal_url, topic_file
from newsletter.app.archiving.publishing import Keeper, publish_issue
from newsletter.app.archiving.shelf import Shelf
from newsletter.app.bounded_rendering import BoundedRenderer
from newsletter.app.drafting import draft_issue, stored_draft
from newsletter.app.subscribing import show
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.compose.calendar_names import event_slug
from newsletter.people.tokens import make_token
from newsletter.render.errors import RenderError
from newsletter.sources.jsonld_scripts import find_scripts

DIVE = "deep-dives/2026-12-08-missing-data.md"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab whose weekly issue is out."""
    ws = lab(tmp_path_factory.mktemp("told") / "lab")
    send(ws)
    ws.store.close()
    return ws.root


@pytest.fixture
def ws(told: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(told, tmp_path / "lab")
    return opened(tmp_path / "lab", SENT)


def events(data: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def dive(ws: Workspace) -> icalendar.Event:
    file = event_file(ws, event_slug("data-lab", "missing-data-autumn"))
    assert file is not None
    (event,) = events(file.body)
    return event


def all_text(out: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(out.rglob("*")) if path.is_file())


def test_a_build_writes_pages_feeds_and_calendars(ws, tmp_path):
    done = build_archive(ws, tmp_path / "www", at(ws, "2026-12-05"))
    names = set(done.files)
    assert {
        "archive/index.html",
        "archive/weekly.html",
        "archive/weekly.atom",
        "archive/weekly.json",
        f"archive/{KEY}.html",
        f"archive/{KEY}.md",
        "calendar/everything.ics",
        "calendar/deep-dives.ics",
    } <= names
    assert (done.issues, done.written, done.removed) == (1, len(names), 0)
    assert {path.relative_to(tmp_path / "www").as_posix() for path in (tmp_path / "www").rglob("*.*")} >= names
    assert [
        str(one) for one in done.problems if "Broken clocks" not in str(one) and "broken.md" not in str(one)
    ] == []


def test_nothing_that_is_published_knows_a_reader_a_member_or_a_key(ws, tmp_path):
    out = tmp_path / "www"
    build_archive(ws, out, at(ws, "2026-12-05"))
    text = all_text(out)
    people = [show(ws, address).subscriber.id for address in READERS]
    tokens = [make_token(ws.secret, use, one, "community") for use in ("leave", "calendar") for one in people]
    for secret in (*READERS, *people, *tokens, ws.secret.decode(), "Board supper", "Broken clocks", "/u/", "/p/"):
        assert secret not in text
    assert "onclick" not in text
    assert "Pies &#38; co" in text


def test_feeds_and_events_of_the_files_are_whole(ws, tmp_path):
    build_archive(ws, tmp_path / "www", at(ws, "2026-12-05"))
    folder = tmp_path / "www/archive"
    for name in ("weekly", "monthly", "quarterly"):
        assert not feedparser.parse((folder / f"{name}.atom").read_bytes()).bozo
        assert json.loads((folder / f"{name}.json").read_text())["version"].endswith("/1.1")
    (script,) = find_scripts((folder / f"{KEY}.html").read_text())
    assert {node["name"] for node in json.loads(script.text)["@graph"]} >= {"Missing data, honestly", SHOWN}
    for path in (tmp_path / "www/calendar").rglob("*.ics"):
        assert [
            fault for part in icalendar.Calendar.from_ical(path.read_bytes()).walk() for fault in part.errors
        ] == []


def test_building_again_changes_nothing_and_takes_away_only_what_it_wrote(ws, tmp_path):
    out = tmp_path / "www"
    first = build_archive(ws, out, at(ws, "2026-12-05"))
    (out / "archive/mine.html").write_text("not the newsletter's")
    again = build_archive(ws, out, at(ws, "2026-12-05"))
    assert (again.files, again.written, again.removed) == (first.files, 0, 0)
    (ws.root / "content/community/party.md").unlink()
    third = build_archive(ws, out, at(ws, "2026-12-06"))
    assert third.removed == 1
    assert (out / "archive/mine.html").exists()
    (out / MANIFEST).write_text("../../lab/config.toml\narchive/mine.html\n")
    build_archive(ws, out, at(ws, "2026-12-06"))
    assert (ws.root / "config.toml").exists()


def test_only_issues_that_went_out_of_digests_that_are_published_have_pages(ws):
    assert Shelf(ws).archive_file(f"{KEY}.html") is not None
    waiting = draft_issue(ws, "weekly", at(ws, "2026-12-08T10:00")).draft.key
    assert Shelf(ws).archive_file(f"{waiting}.html") is None
    for name in ("nothing.html", "../config.toml", "weekly", "weekly.ics", "", ".html", "index.md"):
        assert Shelf(ws).archive_file(name) is None
    config = ws.root / "config.toml"
    config.write_text(config.read_text().replace("archive = true", "archive = false", 1))
    off = Shelf(open_workspace(ws.root, environ={}, clock=ws.clock))
    assert off.archive_file(f"{KEY}.html") is None
    assert off.archive_file("weekly.atom") is None
    assert off.archive_file("index.html") is not None


def test_the_next_issue_is_a_neighbour_and_the_page_before_learns_of_it(ws):
    shelf = Shelf(ws)
    assert b'rel="next"' not in shelf.archive_file(f"{KEY}.html").body
    later = send(ws, drafted="2026-12-08T10:00", sent="2026-12-11T09:00")
    assert f'href="{later}.html"'.encode() in shelf.archive_file(f"{KEY}.html").body
    assert f'href="{KEY}.html"'.encode() in shelf.archive_file(f"{later}.html").body


def test_a_template_that_was_edited_shows_at_once(ws):
    shelf = Shelf(ws)
    shelf.archive_file(f"{KEY}.html")
    path = ws.root / "templates/pages/archive/issue.html"
    path.write_text(path.read_text().replace("<article", "<!-- ours --><article"))
    assert b"<!-- ours -->" in shelf.archive_file(f"{KEY}.html").body


# Calendars.


def test_sending_an_issue_publishes_the_files_that_its_mails_name(ws):
    mail = message_from_bytes(next(ws.root.glob("outbox/**/*.eml")).read_bytes(), policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    named = re.findall(r"https://news\.example\.org/calendar/event/(\S+)\.ics", text)
    assert len(named) >= 5
    assert all(event_file(ws, slug) for slug in named)
    assert re.findall(r"calendar\.google\.com/\S*text=([^&]*)", text) == ["Board%20supper"]
    page = mail.get_body(("html",)).get_content()
    assert page.index("/calendar/event/") < page.index("calendar.google.com")
    assert f"https://news.example.org/archive/{KEY}.html" in text
    assert f"https://news.example.org/archive/{KEY}.html" in page


def test_a_source_that_changes_keeps_the_uid_and_raises_the_sequence(ws, tmp_path):
    before = dive(ws)
    edit(ws, DIVE, "start: 2026-12-08 12:00", "start: 2026-12-08 13:00")
    edit(ws, DIVE, "end: 2026-12-08 13:30", "end: 2026-12-08 14:30")
    build_archive(ws, tmp_path / "www", at(ws, "2026-12-05"))
    after = dive(ws)
    assert (after["UID"], before["SEQUENCE"], after["SEQUENCE"]) == (before["UID"], 0, 1)
    assert after["DTSTART"].dt.hour == 13
    build_archive(ws, tmp_path / "www", at(ws, "2026-12-06"))
    assert dive(ws) == after


def test_an_issue_frozen_before_a_correction_does_not_take_it_back(ws, tmp_path):
    draft_issue(ws, "weekly", at(ws, "2026-12-08T10:00"))
    edit(ws, "community/welcome-back-tea.md", "3:30 - 5 PM", "4 - 5 PM")
    build_archive(ws, tmp_path / "www", at(ws, "2026-12-09"))
    tea = event_slug("data-lab", "community:content/community/welcome-back-tea.md")
    corrected = event_file(ws, tea)
    assert corrected is not None
    send(ws, drafted="2026-12-08T10:00", sent="2026-12-11T09:00")
    assert event_file(ws, tea) == corrected


def test_what_becomes_a_matter_of_members_loses_its_file(ws, tmp_path):
    uid = str(dive(ws)["UID"])
    edit(ws, DIVE, "start:", "visibility: members\nstart:")
    build_archive(ws, tmp_path / "www", at(ws, "2026-12-05"))
    assert event_file(ws, event_slug("data-lab", "missing-data-autumn")) is None
    left = {str(one["UID"]) for one in events(topic_file(ws, "everything", ws.clock()).body)}
    assert uid not in left
    assert len(left) > 20


def test_a_cancelled_event_stays_in_its_calendars(ws, tmp_path):
    edit(ws, DIVE, "start:", "status: cancelled\nstart:")
    build_archive(ws, tmp_path / "www", at(ws, "2026-12-05"))
    assert (dive(ws)["STATUS"], str(dive(ws)["SUMMARY"])) == ("CANCELLED", "Cancelled: Missing data, honestly")
    assert "CANCELLED" in {str(one["STATUS"]) for one in events(topic_file(ws, "deep-dives", ws.clock()).body)}


def test_a_topics_calendar_has_the_events_of_that_topic(ws):
    titles = {str(one["SUMMARY"]) for one in events(topic_file(ws, "deep-dives", ws.clock()).body)}
    assert "Missing data, honestly" in titles
    assert "Co-working" not in titles
    assert topic_file(ws, "nothing", ws.clock()) is None
    everything = {str(one["SUMMARY"]) for one in events(topic_file(ws, "everything", ws.clock()).body)}
    assert titles < everything


def test_a_readers_own_calendar_has_their_topics_and_what_has_none(ws):
    person = show(ws, READERS[0]).subscriber.id
    token = personal_url(ws, person, "community").rsplit("/", 1)[1].removesuffix(".ics")
    everything = {str(one["SUMMARY"]) for one in events(personal_file(ws, token, ws.clock()).body)}
    assert {"Missing data, honestly", "Co-working", SHOWN} <= everything
    _choose(ws, person, ["datathons"])
    mine = {str(one["SUMMARY"]) for one in events(personal_file(ws, token, ws.clock()).body)}
    assert "Datathon: a year of buses" in mine
    assert SHOWN in mine
    assert not mine & {"Missing data, honestly", "Co-working", "Board supper"}


def _choose(ws: Workspace, person: str, topics: list[str]) -> None:
    import sqlalchemy as sa

    from newsletter.store.tables import subscription

    with ws.store.begin() as connection:
        mine = sa.update(subscription).where(subscription.c.subscriber_id == person)
        connection.execute(mine.values(topics=topics))


# Settings.


def again(ws: Workspace, old: str, new: str) -> Workspace:
    """The workspace with another line in its config.toml."""
    path = ws.root / "config.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return open_workspace(ws.root, environ={}, clock=ws.clock)


def test_first_number_is_the_number_of_the_first_issue(tmp_path):
    ws = again(lab(tmp_path / "lab"), "[digests.weekly]", "[digests.weekly]\nfirst_number = 40")
    assert stored_draft(ws, send(ws)).number == 40
    assert stored_draft(ws, send(ws, drafted="2026-12-08T10:00", sent="2026-12-11T09:00")).number == 41


def test_without_calendars_there_are_none_and_no_mail_names_one(tmp_path):
    ws = again(lab(tmp_path / "lab"), "[web]", "[web]\ncalendars = false")
    send(ws)
    done = build_archive(ws, tmp_path / "www", at(ws, "2026-12-05"))
    assert not any(name.startswith("calendar/") for name in done.files)
    assert topic_file(ws, "everything", ws.clock()) is None
    assert personal_url(ws, "somebody", "community") == ""
    assert b"webcal:" not in Shelf(ws).archive_file("index.html").body
    mail = message_from_bytes(next(ws.root.glob("outbox/**/*.eml")).read_bytes(), policy=policy.default)
    assert "calendar.google.com" in mail.get_body(("plain",)).get_content()
    assert "/calendar/event/" not in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("base", ["http://127.0.0.1:8025", "http://localhost:8025", "http://[::1]:8025"])
def test_an_address_that_nobody_else_can_reach_is_in_no_mail(tmp_path, base):
    ws = again(lab(tmp_path / "lab"), "https://news.example.org", base)
    assert draft_issue(ws, "weekly", ws.clock()).draft.calendars_url == ""


def test_without_archive_no_mail_leads_to_a_page(tmp_path):
    ws = again(lab(tmp_path / "lab"), "archive = true", "archive = false")
    send(ws)
    mail = next(ws.root.glob("outbox/**/*.eml")).read_text()
    assert "/archive/" not in mail.replace("=\n", "")
    assert Shelf(ws).archive_file("index.html") is None


def test_people_are_sent_to_subscribe_where_the_workspace_says(ws):
    assert b'href="https://news.example.org/subscribe">Subscribe' in Shelf(ws).archive_file("index.html").body
    joined = again(ws, "[web]", '[web]\nsubscribe_url = "https://data.example.org/join"')
    assert b'href="https://data.example.org/join">Subscribe' in Shelf(joined).archive_file("index.html").body
    lists = ws.root / "subscribers" / "lists.toml"
    lists.write_text(lists.read_text().replace("double_opt_in = true", "sign_up = false"))
    closed = again(ws, '\nsubscribe_url = "https://data.example.org/join"', "")
    assert b'href="https://data.example.org">Subscribe' in Shelf(closed).archive_file("index.html").body


# Issues from before our time.


def test_past_issues_are_links_in_the_archive_and_never_in_a_feed(ws, tmp_path):
    (ws.root / "archive").mkdir()
    (ws.root / "archive/past.toml").write_text(
        '[[past]]\ndigest = "weekly"\ntitle = "The first of all"\ndate = 2024-09-27\n'
        'url = "https://old.example.org/1"\nnumber = 1\n\n'
        '[[past]]\ndigest = "daily"\ntitle = "Lost"\ndate = "soon"\nurl = "javascript:alert(1)"\n'
    )
    page = Shelf(ws).archive_file("weekly.html").body.decode()
    assert re.search(
        r'No\. 1 &middot;.*?27 Sep 2024.*?href="https://old\.example\.org/1"[^>]*>The first of all', page
    )
    assert page.index(f"{KEY}.html") < page.index("old.example.org")
    assert b"old.example.org" not in Shelf(ws).archive_file("weekly.atom").body
    done = build_archive(ws, tmp_path / "www", at(ws, "2026-12-05"))
    told = [str(one) for one in done.problems if one.code == "settings.past"]
    assert [text.split(": ")[0] for text in told] == [
        "archive/past.toml:9",
        "archive/past.toml:11",
        "archive/past.toml:12",
    ]
    assert "Lost" not in page


# A program that keeps running.


def test_calendars_follow_the_sources_once_an_hour(ws):
    keeper, uid = Keeper(ws), str(dive(ws)["UID"])
    keeper.look(at(ws, "2026-12-05T10:00"))
    edit(ws, DIVE, "start: 2026-12-08 12:00", "start: 2026-12-08 12:30")
    keeper.look(at(ws, "2026-12-05T10:59"))
    assert dive(ws)["SEQUENCE"] == 0
    keeper.look(at(ws, "2026-12-05T11:00"))
    assert (str(dive(ws)["UID"]), dive(ws)["SEQUENCE"], dive(ws)["DTSTART"].dt.minute) == (uid, 1, 30)


def test_a_fault_of_the_calendars_keeps_nothing_else_back(ws, caplog):
    broken = replace(ws, settings=ws.settings.model_copy(update={"sources": None}))
    Keeper(broken).look(at(ws, "2026-12-05"))
    publish_issue(ws, "no-such-issue", ws.clock())
    assert "could not be brought up" in caplog.text


def test_a_page_that_never_ends_is_stopped_and_named(ws, monkeypatch):
    quick = BoundedRenderer(seconds=0.5)
    monkeypatch.setattr("newsletter.app.bounded_rendering._shared", quick)
    page = ws.root / "templates" / "pages" / "archive" / "index.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", encoding="utf-8"
    )
    with pytest.raises(RenderError) as caught:
        Shelf(ws).archive_file("index.html")
    quick.close()
    assert str(caught.value.problems[0].origin) == "templates/pages/archive/index.html:1"
    assert caught.value.problems[0].code == "src.endless"
