"""A month or a term on one page: the table is told week by week, or place by place."""

import re
from dataclasses import replace
from datetime import datetime

from render_builders import CLINIC, COWORKING, DATATHON, PIPELINES, SEATTLE, a_draft, a_row, an_issue

from newsletter.checks.registry import run_checks
from newsletter.model.issue import Draft, Section, Window
from newsletter.model.mail import fill_text
from newsletter.render.edition import render

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
