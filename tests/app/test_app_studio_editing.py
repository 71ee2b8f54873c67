"""Quick editing in the studio: the editor's file alone is written, only what was asked for, over nothing unseen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli

from newsletter.app.sample import init_workspace
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.editing import EditPane
from newsletter.app.studio.issue_writing import replace_file
from newsletter.sources.issue_file import split

KEY = "weekly-2026-12-04"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One workspace for the module: each test begins with the file that came with it."""
    root = tmp_path_factory.mktemp("editing") / "lab"
    init_workspace(root)
    studio = Studio(root, "2026-12-01T09:00", environ={})
    studio.show()
    yield studio
    studio.close()


@pytest.fixture
def studio(sample: Studio) -> Iterator[Studio]:
    kept = file_of(sample).read_bytes()
    yield sample
    file_of(sample).unlink(missing_ok=True)
    file_of(sample).write_bytes(kept)
    sample.refresh()


def file_of(studio: Studio) -> Path:
    return studio.root / "issues" / f"{KEY}.md"


def pane(studio: Studio, item: str = "") -> EditPane:
    found = studio.pane("edit", "weekly", "seattle", 0, item)
    assert isinstance(found, EditPane)
    return found


def do(studio: Studio, act: str, **values: str):
    return studio.act(act, "weekly", "seattle", 0, {"seen": pane(studio).seen, **values})


def front(studio: Studio) -> dict:
    return tomli.loads(split(file_of(studio).read_text())[0])


def rows(studio: Studio, kind: str = "events") -> list[str]:
    return [row.id for part in pane(studio).parts if part.kind == kind for row in part.rows]


def others(studio: Studio) -> dict[Path, bytes]:
    files = (path for path in studio.root.rglob("*") if path.is_file() and ".db" not in path.name)
    return {path: path.read_bytes() for path in files if path != file_of(studio)}


def test_the_words_are_written_into_the_file_and_nothing_else_is(studio: Studio) -> None:
    before, text = others(studio), file_of(studio).read_text()
    said = do(studio, "words", subject="The  kettle is on", note="Hello.\r\n\r\nTwice.", role="editing this week")

    assert (said.well, said.text) == (True, f"Written into issues/{KEY}.md.")
    after = file_of(studio).read_text()
    assert split(after)[0] == split(text)[0].replace("One more Monday, then the buses", "The kettle is on")
    assert split(after)[1].strip() == "Hello.\n\nTwice."
    assert others(studio) == before
    assert studio.show().view.subject == "The kettle is on"


def test_what_is_as_it_was_is_not_written(studio: Studio) -> None:
    stamp = file_of(studio).stat().st_mtime_ns
    now = pane(studio)
    words = {name: text for name, text in now.words.items() if name != "by"}
    assert do(studio, "words", **words, signed=now.words["by"], note=now.note).well
    assert file_of(studio).stat().st_mtime_ns == stamp


def test_who_acts_does_not_sign_the_note(studio: Studio) -> None:
    do(studio, "words", by="olga@example.org", subject="Other")
    assert front(studio)["by"] == "Sunita Rao"


def test_a_file_that_changed_meanwhile_is_shown_beside_what_was_written_and_kept(studio: Studio) -> None:
    seen = pane(studio).seen
    file_of(studio).write_text('+++\nsubject = "Mine, by hand"\n+++\nKept.\n')
    said = do(studio, "words", seen=seen, subject="From the studio", note="Lost?")

    assert not said.well
    assert [title for title, _ in said.texts] == ["On disk now", "What you wrote"]
    assert "Mine, by hand" in said.texts[0][1]
    assert "From the studio" in said.texts[1][1]
    assert "Lost?" in said.texts[1][1]
    assert file_of(studio).read_text() == '+++\nsubject = "Mine, by hand"\n+++\nKept.\n'
    assert pane(studio).words["subject"] == "Mine, by hand", "the form has what is there"


def test_what_is_written_while_the_issue_cannot_be_built_is_given_back(studio: Studio) -> None:
    config, written = studio.root / "config.toml", {"subject": "Half", "note": "A long note.\n\nOf two parts."}
    good = config.read_bytes()
    config.write_text("[community\n")
    studio.refresh()
    said = studio.act("words", "weekly", "seattle", 0, {"seen": "", **written})
    config.write_bytes(good)

    assert not said.well
    assert said.texts == (("What you wrote", "subject: Half\nnote: A long note.\n\nOf two parts."),)


def test_a_file_that_came_or_went_meanwhile_is_a_conflict_too(studio: Studio) -> None:
    seen = pane(studio).seen
    file_of(studio).unlink()
    studio.refresh()
    assert "no such file any more" in do(studio, "words", seen=seen, subject="A").texts[0][1]
    assert not file_of(studio).exists()
    file_of(studio).write_text("Somebody was first.\n")
    assert not do(studio, "words", seen="", subject="A").well
    assert file_of(studio).read_text() == "Somebody was first.\n"


def test_where_there_is_no_file_one_begins(studio: Studio) -> None:
    file_of(studio).unlink()
    studio.refresh()
    assert pane(studio).seen == ""
    assert do(studio, "words", subject="First").well
    text = file_of(studio).read_text()
    assert "# Entries go by the id or title" in text
    assert front(studio)["subject"] == "First"


def test_entries_are_pinned_hidden_and_shown_again(studio: Studio) -> None:
    first, second, third = rows(studio)[:3]
    assert do(studio, "arrange", do=f"pin {third}").well
    assert rows(studio)[:3] == [third, first, second]
    assert do(studio, "arrange", do=f"hide {third}").well
    assert (front(studio)["hides"], "pins" in front(studio)) == ([third], False)
    assert [row.id for row in pane(studio).hidden] == [third]
    assert third not in rows(studio)
    assert do(studio, "arrange", do=f"show {third}").well
    assert rows(studio)[:3] == [first, second, third]


def test_a_name_that_is_a_title_is_known_for_what_it_means(studio: Studio) -> None:
    row = next(part.rows[0] for part in pane(studio).parts if part.kind == "events")
    text = file_of(studio).read_text()
    file_of(studio).write_text(text.replace("by =", f"pins = ['{row.title}']  # ours\nby =", 1))
    studio.refresh()
    assert do(studio, "arrange", do=f"unpin {row.id}").well
    assert file_of(studio).read_text() == text


def test_entries_and_sections_change_places_with_their_neighbours(studio: Studio) -> None:
    before = rows(studio)
    wanted = [before[1], before[0], *before[2:]]
    assert do(studio, "arrange", do=f"up {before[1]}").well
    assert rows(studio) == wanted
    for name, step in ((wanted[2], -1), (wanted[0], 1), (wanted[2], 1)):
        at = wanted.index(name)
        if 0 <= at + step < len(wanted):
            wanted[at], wanted[at + step] = wanted[at + step], wanted[at]
        assert do(studio, "arrange", do=f"{'up' if step < 0 else 'down'} {name}").well
        assert rows(studio) == wanted
    kinds = [part.kind for part in pane(studio).parts]
    assert do(studio, "arrange", do=f"up {kinds[-1]}").well
    assert [part.kind for part in pane(studio).parts][-2:] == [kinds[-1], kinds[-2]]
    assert rows(studio) == wanted, "sections and entries are ordered apart"


def test_a_field_is_said_otherwise_and_by_its_source_again(studio: Studio) -> None:
    before, name = file_of(studio).read_text(), rows(studio)[0]
    assert do(studio, "override", item=name, place="Lakeview 9", title="", summary="").well
    assert front(studio)["overrides"] == {name: {"place": "Lakeview 9"}}
    assert [(one.name, one.value) for one in pane(studio, name).fields if one.value] == [("place", "Lakeview 9")]
    assert "Lakeview 9" in studio.show().view.text
    assert do(studio, "override", item=name, place="").well
    assert file_of(studio).read_text().rstrip() == before.rstrip()


def test_a_date_that_cannot_be_read_is_not_written_and_not_lost(studio: Studio) -> None:
    before, name = file_of(studio).read_text(), rows(studio)[0]
    said = do(studio, "override", item=name, start="Smarch 45")
    assert (said.well, file_of(studio).read_text()) == (False, before)
    assert "Smarch" in said.text
    assert "start: Smarch 45" in said.texts[0][1]


@pytest.mark.parametrize(("act", "values"), [
    ("override", {"item": "../../etc/passwd", "place": "x"}), ("arrange", {"do": "pin gone"}),
    ("arrange", {"do": "erase everything"}), ("arrange", {}), ("silence", {"rule": "evt.no-place", "reason": "  "}),
])  # fmt: skip
def test_what_means_nothing_writes_nothing(studio: Studio, act: str, values: dict[str, str]) -> None:
    before = file_of(studio).read_text()
    assert not do(studio, act, **values).well
    assert file_of(studio).read_text() == before


def test_a_link_out_of_the_workspace_is_not_followed(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.md").write_text("Not ours.\n")
    file_of(studio).unlink()
    file_of(studio).symlink_to(tmp_path / "elsewhere.md")
    studio.refresh()
    assert not do(studio, "words", subject="A").well
    assert (tmp_path / "elsewhere.md").read_text() == "Not ours.\n"


def test_a_warning_is_silenced_in_this_issue_with_its_reason(studio: Studio) -> None:
    said = do(studio, "silence", rule="time.relative", where="", reason="Read on the day, or not at all")
    assert said.well
    assert front(studio)["silence"] == [{"rule": "time.relative", "reason": "Read on the day, or not at all"}]


def test_a_file_is_put_in_place_of_the_one_that_was_read_and_of_no_other(tmp_path: Path) -> None:
    path = tmp_path / "issues" / "a.md"
    assert replace_file(path, None, b"first")
    assert not replace_file(path, None, b"second"), "somebody was first"
    assert not replace_file(path, b"another", b"second"), "it changed between reading and writing"
    assert path.read_bytes() == b"first"
    path.chmod(0o640)
    assert replace_file(path, b"first", b"second")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"second", 0o640)
    assert [one.name for one in path.parent.iterdir()] == ["a.md"]
