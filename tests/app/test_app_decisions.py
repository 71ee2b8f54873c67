"""decisions.toml beside config.toml counts wherever sources are read."""

from datetime import UTC, datetime
from pathlib import Path

from support_workspace import open_at

from newsletter.app.collecting import collect
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.item import Reading
from newsletter.model.workspace import SourceSettings

AT = datetime(2026, 12, 4, 17, tzinfo=UTC)
PAGE = "---\nid: maps\ntitle: Maps\nstart: 2026-12-08 12:00\nplace: Lakeview 1.203\ncost: {cost}\n---\n"


def workspace(root: Path, decisions: str | bytes | None = None, **priorities: int) -> Workspace:
    for name, cost in (("site", "free"), ("calendar", "5 USD")):
        (root / name).mkdir()
        (root / name / "maps.md").write_text(PAGE.format(cost=cost).replace("id: maps", f"id: {name}-maps"))
    if decisions is not None:
        data = decisions.encode() if isinstance(decisions, str) else decisions
        (root / "decisions.toml").write_bytes(data)
    sources = tuple(
        SourceSettings(name=name, format="markdown", path=f"{name}/*.md", priority=priorities.get(name, 0))
        for name in ("site", "calendar")
    )
    return with_settings(open_at(root), sources=sources)


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


def test_without_a_file_sources_are_joined_as_they_are(tmp_path: Path) -> None:
    reading = collect(workspace(tmp_path), AT)

    assert [item.id for item in reading.items] == ["calendar-maps"]
    assert codes(reading) == ["I-JOINED"]


def test_decisions_are_read_from_the_workspace(tmp_path: Path) -> None:
    reading = collect(workspace(tmp_path, '[[different]]\nids = ["site-maps", "calendar-maps"]\n'), AT)

    assert [item.id for item in reading.items] == ["calendar-maps", "site-maps"]


def test_an_override_lapses_on_the_communitys_calendar(tmp_path: Path) -> None:
    ws = workspace(
        tmp_path, '[[override]]\nid = "site-maps"\nuntil = 2026-12-04\nfields = { cost = "10 USD" }\n', site=1
    )

    assert collect(ws, datetime(2026, 12, 5, 7, tzinfo=UTC)).items[0].cost == "10 USD"
    assert collect(ws, datetime(2026, 12, 5, 9, tzinfo=UTC)).items[0].cost == "free"


def test_the_priority_of_a_source_stands_in_its_settings(tmp_path: Path) -> None:
    assert collect(workspace(tmp_path, calendar=1), AT).items[0].cost == "5 USD"


def test_a_file_that_cannot_be_read_is_told_and_stops_nothing(tmp_path: Path) -> None:
    reading = collect(workspace(tmp_path, b"[[same]\n"), AT)

    assert [(problem.code, str(problem.origin)) for problem in reading.problems if problem.level == "error"] == [
        ("E-TOML", "decisions.toml:1")
    ]
    assert len(reading.items) == 1


def test_a_link_out_of_the_workspace_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    root.mkdir()
    (tmp_path / "elsewhere.toml").write_text('[[different]]\nids = ["site-maps", "calendar-maps"]\n')
    ws = workspace(root)
    (root / "decisions.toml").symlink_to(tmp_path / "elsewhere.toml")

    reading = collect(ws, AT)
    assert "source.outside" in codes(reading)
    assert len(reading.items) == 1
