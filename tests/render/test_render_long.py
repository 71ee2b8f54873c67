"""A month or a term on one page: the table is told week by week, or place by place."""

import re
from dataclasses import replace
from datetime import datetime

import pytest
from render_builders import CLINIC, COWORKING, DATATHON, PIPELINES, SEATTLE, a_draft, a_row, an_issue

from newsletter.checks.registry import run_checks
from newsletter.model.issue import Draft, Issue, Section, Window
from newsletter.model.mail import fill_text
from newsletter.render import edition
from newsletter.render.edition import render, render_html_like

TERM = Window(datetime(2026, 12, 7, tzinfo=SEATTLE), datetime(2027, 3, 20, tzinfo=SEATTLE))
NOWHERE = replace(CLINIC, id="nowhere", title="Somewhere over the rainbow", place="")
ROWS = (COWORKING, PIPELINES, CLINIC, NOWHERE, replace(DATATHON, place="Online"))
QUARTER = an_issue(window=TERM, sections=(Section("glance", "At a glance", ROWS),))


def draft(group_by: str) -> Draft:
    return a_draft(settings=a_draft().settings.model_copy(update={"group_by": group_by}))


def parts(group_by: str) -> tuple[str, str]:
    edition = render(QUARTER, draft(group_by))
    return fill_text(edition.html, a_row().values), fill_text(edition.text, a_row().values)


def headings(html: str) -> list[str]:
    return re.findall(r'<th scope="colgroup"[^>]*>(.*?)</th>', html)


def test_a_quarter_is_told_week_by_week() -> None:
    html, text = parts("week")

    assert headings(html) == ["Week of 7 December"]
    assert "\nWeek of 7 December\n" in text


def test_a_quarter_may_be_told_place_by_place() -> None:
    html, text = parts("place")

    places = ["Lakeview 1.203, and online", "Lakeview Commons and online", "Online", "Place to be announced"]
    assert headings(html) == places
    assert html.count("Lakeview Commons and online") == 1
    assert [line for line in text.split("\n") if line in places] == places
    assert "Wed 9 Dec   10–11 AM        Single-cell clinic" in text
    assert run_checks(QUARTER, render(QUARTER, draft("place")), draft("place")) == ()


def test_a_week_is_never_grouped() -> None:
    html = fill_text(render(an_issue(), draft("place")).html, a_row().values)
    assert headings(html) == []


def many(count: int, words: str = "") -> Issue:
    """So many events, whose titles end in these words."""
    entries = tuple(
        replace(CLINIC, id=f"clinic-{number}", title=f"Clinic {number}{words}", when_text=f"Tue 8 Dec, {number}")
        for number in range(count)
    )
    return an_issue(
        window=TERM, sections=(Section("events", "Events", entries), Section("glance", "Glance", entries))
    )


@pytest.mark.parametrize("count", [3, 30, 300])
def test_as_much_stands_in_a_mail_as_there_is_room_for(count: int) -> None:
    html = fill_text(render(many(count), a_draft()).html, a_row().values)
    size = len(html.encode())
    assert size < 92_000
    assert count < 300 or size > 80_000, "and it is used"


@pytest.mark.parametrize("count", [3, 14, 30, 300])
def test_a_longer_twin_of_an_issue_shows_what_the_issue_itself_has_room_for(count: int) -> None:
    """The studio's own copy carries marks, which must not push an entry off the page that readers have there."""
    issue, twin = many(count), many(count, " " + 40 * "m")
    sent = fill_text(render(issue, a_draft()).html, a_row().values)
    shown = fill_text(render_html_like(twin, a_draft(), issue), a_row().values)
    assert re.findall(r"Clinic \d+", shown) == re.findall(r"Clinic \d+", sent)
    assert fill_text(render_html_like(issue, a_draft(), issue), a_row().values) == sent


def test_the_html_of_a_text_only_edition_is_none() -> None:
    issue = replace(QUARTER, choices=replace(QUARTER.choices, text_only=True))
    assert render_html_like(issue, draft("week"), issue) == ()


@pytest.mark.parametrize(("count", "crowded"), [(14, 5), (30, 5), (120, 5), (190, edition.CROWDED)])
def test_a_crowded_mail_is_the_one_that_leaving_out_one_card_after_another_gives(
    monkeypatch: pytest.MonkeyPatch, count: int, crowded: int
) -> None:
    monkeypatch.setattr(edition, "CROWDED", crowded)
    quick = render(many(count), a_draft())
    monkeypatch.setattr(edition, "CROWDED", 10**9)
    assert render(many(count), a_draft()) == quick


def test_what_would_be_thrown_away_is_not_written_first(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    filled = edition._Page.filled

    def counted(page: edition._Page, issue: Issue, cards: int, rows: int | None = None) -> str:
        written.append(cards)
        return filled(page, issue, cards, rows)

    monkeypatch.setattr(edition._Page, "filled", counted)
    render(many(300), a_draft())
    assert set(written) == {0}
    written.clear()
    render(many(30), a_draft())
    assert written[0] == 12
