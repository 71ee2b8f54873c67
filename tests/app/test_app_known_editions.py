"""An edition that was looked at is not rendered again, and whatever it hangs on makes it another one."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "render"))
from render_builders import a_draft, an_issue, with_template

from newsletter.app import known_editions
from newsletter.app.known_editions import KnownEditions
from newsletter.checks.registry import run_checks
from newsletter.checks.subject import Around
from newsletter.model.issue import Draft, Issue
from newsletter.model.mail import Edition
from newsletter.model.workspace import CheckSettings
from newsletter.render.edition import render
from newsletter.render.errors import RenderError

pytestmark = pytest.mark.no_cover  # other tests cover its lines

AROUND = Around()


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The subjects of what was rendered in earnest."""
    done: list[str] = []

    def one(issue: Issue, draft: Draft) -> Edition:
        done.append(issue.subject)
        return render(issue, draft)

    monkeypatch.setattr(known_editions, "render_bounded", one)
    return done


def test_the_same_edition_is_rendered_and_checked_once(rendered: list[str]) -> None:
    known = KnownEditions()
    first = known.build(an_issue(), a_draft(), AROUND)
    edition = render(an_issue(), a_draft())

    assert first == (edition, run_checks(an_issue(), edition, a_draft(), AROUND))
    assert known.build(replace(an_issue()), replace(a_draft()), Around()) == first
    assert len(rendered) == 1


@pytest.mark.parametrize(
    ("issue", "draft", "around"),
    [
        (replace(an_issue(), subject="Another subject for the week"), a_draft(), AROUND),
        (replace(an_issue(), choices=replace(an_issue().choices, clock=24)), a_draft(), AROUND),
        (an_issue(), with_template(a_draft(), "sections/thanks.mjml", ""), AROUND),
        (an_issue(), replace(a_draft(), base_url="https://other.example.org"), AROUND),
        (an_issue(), a_draft(), Around(last_subject=an_issue().subject)),
        (an_issue(), a_draft(), Around(CheckSettings(links=True))),
    ],
)
def test_whatever_differs_is_rendered_and_checked_anew(
    rendered: list[str], issue: Issue, draft: Draft, around: Around
) -> None:
    known = KnownEditions()
    known.build(an_issue(), a_draft(), AROUND)
    edition = render(issue, draft)

    assert known.build(issue, draft, around) == (edition, run_checks(issue, edition, draft, around))
    assert len(rendered) == 2


def test_a_fault_of_a_template_is_told_every_time(rendered: list[str]) -> None:
    broken = with_template(a_draft(), "sections/thanks.mjml", "{{ nobody.knows }}")
    known = KnownEditions()
    for _ in range(2):
        with pytest.raises(RenderError):
            known.build(an_issue(), broken, AROUND)
    assert len(rendered) == 2


def test_the_least_recently_asked_for_goes(rendered: list[str]) -> None:
    known, issues = (
        KnownEditions(most=2),
        {name: replace(an_issue(), subject=name) for name in ("one", "two", "three")},
    )
    for name in ("one", "two", "one", "three", "one", "two"):
        known.build(issues[name], a_draft(), AROUND)
    assert rendered == ["one", "two", "three", "two"]
