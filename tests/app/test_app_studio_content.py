"""Beside the issue: pairs decided into decisions.toml, suggestions saved as new files, and the issues to come."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli
from support_http import canned, response

from newsletter.app.sample import init_workspace
from newsletter.app.studio.calendar import Schedule
from newsletter.app.studio.content import ContentPane
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.said import Said

PAGE = """---
title: How we work
---

## Quiet tables

We keep a table free for whoever wants to work in silence, on Tuesday, 15 December 2026, 12 - 1 PM.
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The sample, with a page that tells of an event in prose, and a table that names one of its events otherwise."""
    root = tmp_path_factory.mktemp("content") / "lab"
    init_workspace(root)
    (root / "content" / "community" / "work.md").write_text(PAGE)
    (root / "content" / "rooms.csv").write_text(
        "title,start,place\nMissing data honestly,2026-12-09 12:00,Lakeview\n"
    )
    config = root / "config.toml"
    config.write_text(
        config.read_text() + '\n[[sources]]\nname = "rooms"\nformat = "csv"\npath = "content/rooms.csv"\n'
    )
    studio = Studio(root, "2026-12-01T09:00", environ={})
    yield studio
    studio.close()


@pytest.fixture(autouse=True)
def _as_before(studio: Studio) -> Iterator[None]:
    yield
    (studio.root / "decisions.toml").unlink(missing_ok=True)
    for path in studio.root.rglob("quiet-tables*.md"):
        path.unlink()
    studio.refresh()


def content(studio: Studio) -> ContentPane:
    found = studio.pane("content", "weekly", "seattle", 0)
    assert isinstance(found, ContentPane)
    return found


def do(studio: Studio, act: str, **values: str) -> Said:
    return studio.act(act, "weekly", "seattle", 0, values)


def decisions(studio: Studio) -> dict:
    return tomli.loads((studio.root / "decisions.toml").read_text())


@pytest.mark.parametrize("what", ["same", "different"])
def test_a_pair_is_decided_once_and_what_was_decided_before_stays(studio: Studio, what: str) -> None:
    kept = '# ours\n[[override]]\nid = "cal-9"\nfields = { place = "Lakeview 1" }\n'
    (studio.root / "decisions.toml").write_text(kept)
    studio.refresh()
    (pair,) = content(studio).pairs
    assert do(studio, "decide", pair=pair.name, do=what, reason='Two "rooms"\n= one').well

    assert (studio.root / "decisions.toml").read_text().startswith(kept)
    assert decisions(studio)[what] == [{"ids": [pair.one.id, pair.other.id], "reason": 'Two "rooms" = one'}]
    assert content(studio).pairs == ()
    again = do(studio, "decide", pair=pair.name, do=what)
    assert (again.well, len(decisions(studio)[what])) == (False, 1)


def test_what_is_no_pair_decides_nothing(studio: Studio) -> None:
    (pair,) = content(studio).pairs
    for values in ({"pair": "x | y", "do": "same"}, {"pair": pair.name, "do": "override"}, {"pair": pair.name}):
        assert not do(studio, "decide", **values).well
    assert not (studio.root / "decisions.toml").exists()


def test_a_file_of_decisions_that_is_broken_is_left_alone(studio: Studio) -> None:
    (studio.root / "decisions.toml").write_text("[[same]\n")
    studio.refresh()
    pairs = content(studio).pairs
    assert not do(studio, "decide", pair=pairs[0].name, do="same").well
    assert (studio.root / "decisions.toml").read_text() == "[[same]\n"


def test_a_suggestion_becomes_a_new_file_and_none_is_written_over(studio: Studio) -> None:
    offered = next(one for one in content(studio).offers if "Quiet" in one.offer.suggestion.title)
    assert offered.file == "content/community/quiet-tables.md"
    page = offered.offer.suggestion.page.replace("Quiet tables", "Quiet tables for all")
    said = do(studio, "accept", offer=offered.name, page=page.replace("\n", "\r\n"))
    assert (said.well, said.place) == (True, f"{offered.file}:1")
    assert (studio.root / offered.file).read_text() == page

    (studio.root / offered.file).write_text("Somebody's.\n")
    studio.refresh()
    offered = next(one for one in content(studio).offers if "Quiet" in one.offer.suggestion.title)
    assert offered.file == "content/community/quiet-tables-2.md"
    assert do(studio, "accept", offer=offered.name, page=page).well
    assert (studio.root / "content/community/quiet-tables.md").read_text() == "Somebody's.\n"


def test_what_is_no_suggestion_saves_nothing(studio: Studio) -> None:
    offered = next(one for one in content(studio).offers if "Quiet" in one.offer.suggestion.title)
    before = sorted(studio.root.rglob("*.md"))
    for values in ({"offer": "../../x"}, {"page": " "}, {"page": "x" * 60_000}, {"offer": ""}):
        assert not do(studio, "accept", **({"offer": offered.name, "page": "words"} | values)).well
    assert sorted(studio.root.rglob("*.md")) == before


def test_problems_of_the_sources_stand_apart_from_those_of_the_mail(studio: Studio, tmp_path: Path) -> None:
    (studio.root / "content" / "community" / "odd.md").write_text("---\ntitle: Odd\ndates: Smarch 45\n---\n")
    studio.refresh()
    view = studio.show("weekly", "seattle").view
    here = [view.problems[number].problem for number in content(studio).numbers]
    (studio.root / "content" / "community" / "odd.md").unlink()
    assert any(one.origin.path == "content/community/odd.md" and one.origin.line == 3 for one in here)
    assert not any(one.code.startswith(("html.", "a11y.", "text.")) for one in here)


def test_the_next_twelve_issues_of_every_digest_in_two_zones(studio: Studio) -> None:
    found = studio.pane("calendar", "weekly", "seattle", 0)
    assert isinstance(found, tuple)
    weekly = found[0]
    assert isinstance(weekly, Schedule)
    assert [one.key for one in weekly.issues][:2] == ["weekly-2026-12-04", "weekly-2026-12-11"]
    assert len(weekly.issues) == 12
    first = weekly.issues[0]
    assert (first.send.here, first.send.utc) == ("Fri 4 Dec, 09:00 PST", "Fri 17:00 UTC")
    assert first.approve is not None
    assert (first.draft.here, first.approve.here) == ("Tue 1 Dec, 09:00 PST", "Thu 3 Dec, 09:00 PST")
    assert {one.digest for one in found} == {"weekly", "monthly", "quarterly"}


@pytest.mark.slow
def test_the_picture_is_made_beside_what_is_shown(studio: Studio) -> None:
    shown = studio.show("weekly", "seattle")
    assert "<svg" in studio.picture()[:200]
    assert studio.show("weekly", "seattle") is shown


def test_a_remote_source_is_not_asked_again_for_every_look_at_its_suggestions(tmp_path: Path) -> None:
    init_workspace(tmp_path / "lab")
    with canned(response(200, b"title,start\nA talk,2026-12-08\n")) as server:
        config = tmp_path / "lab" / "config.toml"
        place = f'\n[[sources]]\nname = "remote"\nformat = "csv"\nurl = "{server.url}/talks.csv"\n'
        config.write_text(config.read_text() + place)
        studio = Studio(tmp_path / "lab", "2026-12-01T09:00", environ={"NEWSLETTER_FETCH_ALLOW": "127.0.0.1"})
        for _ in range(2):
            content(studio)
        studio.close()
        assert len(server.requests) == 1


def test_a_file_that_came_while_a_suggestion_was_saved_is_kept(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = next(one for one in content(studio).offers if "Quiet" in one.offer.suggestion.title)
    monkeypatch.setattr("newsletter.app.studio.content.new_file", lambda ws, offer: "content/community/work.md")
    said = do(studio, "accept", offer=offered.name, page="Other words.\n")
    assert (said.well, said.texts) == (False, (("Your page", "Other words.\n"),))
    assert (studio.root / "content" / "community" / "work.md").read_text() == PAGE
