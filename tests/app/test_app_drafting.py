"""A draft made with its editor's file: what it says counts for this issue alone, and its words are never lost."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.app.drafting import draft_issue, preview_draft, stored_draft
from newsletter.app.reviewing.approving import ApprovalError, approve
from newsletter.app.sample import init_workspace
from newsletter.app.workspace import Workspace, open_workspace
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices, Issue

pytestmark = pytest.mark.no_cover  # other tests cover its lines

KEY = "weekly-2026-12-04"
AT = datetime(2026, 12, 1, 17, tzinfo=UTC)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    init_workspace(tmp_path / "lab")
    shutil.rmtree(tmp_path / "lab" / "issues")
    return open_workspace(tmp_path / "lab", environ={}, clock=lambda: AT)


def file_of(ws: Workspace, key: str = KEY) -> Path:
    return ws.root / "issues" / f"{key}.md"


def write(ws: Workspace, front: str, body: str = "") -> None:
    file_of(ws).parent.mkdir(exist_ok=True)
    file_of(ws).write_text(f"+++\n{front}\n+++\n\n{body}\n", encoding="utf-8")


def composed(ws: Workspace, at: datetime = AT) -> Issue:
    return compose(preview_draft(ws, "weekly", at), Choices(timezone="America/Los_Angeles"))


def titles(issue: Issue, kind: str) -> list[str]:
    return [entry.title for section in issue.sections if section.kind == kind for entry in section.entries]


def editors_problems(ws: Workspace) -> list[tuple[str, str, int | None]]:
    found = preview_draft(ws, "weekly", AT).problems
    return [(one.level, one.code, one.origin.line) for one in found if one.origin.source == "issue"]


def test_the_first_draft_writes_a_file_that_lists_the_issue(ws) -> None:
    drafted = draft_issue(ws, "weekly", AT)
    text = file_of(ws).read_text(encoding="utf-8")

    assert not drafted.file_was_there
    assert "#:   missing-data-autumn | Missing data, honestly | Tue 8 Dec, 12–1:30 PM PST" in text
    assert "#: events: Come along" in text
    assert editors_problems(ws) == []


def test_drafting_again_keeps_the_words_and_refreshes_the_listing(ws) -> None:
    draft_issue(ws, "weekly", AT)
    mine = file_of(ws).read_text(encoding="utf-8").replace('subject = ""', 'subject = "Mine"') + "My words.\n"
    file_of(ws).write_text(mine, encoding="utf-8")
    page = ws.root / "content" / "deep-dives" / "2026-12-08-missing-data.md"
    page.write_text(page.read_text(encoding="utf-8").replace("Missing data, honestly", "Holes"), encoding="utf-8")
    drafted = draft_issue(ws, "weekly", AT)
    text = file_of(ws).read_text(encoding="utf-8")

    assert (drafted.file_was_there, drafted.relisted) == (True, True)
    assert drafted.draft.note.subject == "Mine"
    assert text == mine.replace("Missing data, honestly", "Holes")
    assert not draft_issue(ws, "weekly", AT).relisted


def test_an_unchanged_workspace_gives_the_draft_that_was_approved(ws) -> None:
    first = draft_issue(ws, "weekly", AT)
    approve(ws, KEY, "priya", AT)
    again = draft_issue(ws, "weekly", AT)

    assert (again.hash, again.state) == (first.hash, "approved")


def test_a_file_that_cannot_be_read_is_kept_and_bars_the_approval(ws) -> None:
    broken = "+++\nsubject = Tea\n+++\nMy words.\n"
    file_of(ws).parent.mkdir(exist_ok=True)
    file_of(ws).write_text(broken, encoding="utf-8")
    draft_issue(ws, "weekly", AT)

    assert file_of(ws).read_text(encoding="utf-8") == broken
    with pytest.raises(ApprovalError) as refused:
        approve(ws, KEY, "priya", AT)
    assert [(one.code, str(one.origin)) for one in refused.value.problems] == [("note.toml", f"issues/{KEY}.md:2")]


def test_a_name_that_nothing_has_bars_the_approval(ws) -> None:
    write(ws, 'hides = ["Mising data, honestly"]')
    draft_issue(ws, "weekly", AT)

    with pytest.raises(ApprovalError) as refused:
        approve(ws, KEY, "priya", AT)
    (problem,) = refused.value.problems
    assert "did you mean 'Missing data, honestly' (missing-data-autumn)" in problem.text


def test_an_override_counts_for_this_issue_alone(ws) -> None:
    write(ws, '[overrides."missing-data-autumn"]\ntitle = "Holes"\nplace = "The roof"\n'
              'start = "2026-12-08 13:00"\nend = "2026-12-08 14:00"')  # fmt: skip
    (entry,) = [one for section in composed(ws).sections for one in section.entries
                if one.id == "missing-data-autumn" and section.kind == "events"]  # fmt: skip

    assert (entry.title, entry.place) == ("Holes", "The roof")
    assert entry.when_text.startswith("Tue 8 Dec, 1–2")
    assert editors_problems(ws) == []
    file_of(ws).rename(file_of(ws, "weekly-2026-12-11"))
    assert "Holes" not in titles(composed(ws), "events")


def test_an_override_stands_above_decisions_and_names_a_title(ws) -> None:
    (ws.root / "decisions.toml").write_text(
        '[[override]]\nid = "missing-data-autumn"\nfields = { place = "Cellar" }\n'
    )
    write(ws, '[overrides."Missing data, honestly"]\nplace = "The roof"')
    places = {item.id: item.place.name for item in preview_draft(ws, "weekly", AT).items}

    assert places["missing-data-autumn"] == "The roof"
    assert editors_problems(ws) == []


def test_a_merge_makes_one_event_of_two(ws) -> None:
    write(ws, 'merges = [["missing-data-autumn", "missing-data-circle-autumn"]]')

    assert "Missing data, around the table" not in titles(composed(ws), "events")
    assert "Missing data, honestly" in titles(composed(ws), "events")


def test_pins_hides_and_order_reach_the_issue(ws) -> None:
    write(ws, 'pins = ["Datathon: a year of buses"]\nhides = ["Research computing open house"]\n'
              'order = ["announcements", "events"]')  # fmt: skip
    issue = composed(ws)
    kinds = [section.kind for section in issue.sections]

    assert titles(issue, "events")[0] == "Datathon: a year of buses"
    assert issue.subject.startswith("Datathon")
    assert "Research computing open house" not in titles(issue, "events") + titles(issue, "glance")
    assert kinds.index("announcements") + 1 == kinds.index("events")
    assert editors_problems(ws) == [("info", "I-HIDDEN", 3)]


def test_a_frozen_draft_comes_back_with_what_its_editor_decided(ws) -> None:
    write(ws, 'pins = ["Datathon: a year of buses"]\nhides = ["Research computing open house"]')
    drafted = draft_issue(ws, "weekly", AT)

    assert stored_draft(ws, KEY).editing == drafted.draft.editing
    assert [one.id for one in drafted.draft.editing.pins] == ["datathon-2026-12@calendar.example.org"]


def test_a_draft_from_before_editors_files_had_decisions_is_read(ws) -> None:
    from newsletter.compose.draft import dump_draft, load_draft

    draft = draft_issue(ws, "weekly", AT).draft
    text = dump_draft(draft)
    start = text.index(',"editing":')
    old = text[:start] + text[text.index("}", text.index('"sections":[]', start)) + 1 :]

    assert replace(load_draft(old), slot=draft.slot).editing == draft.editing
