"""The studio where its editors are not: without the server's store, on the server itself, and with real addresses."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.app.sample import init_workspace
from newsletter.app.studio.desk import Studio
from newsletter.app.subscribing import add
from newsletter.app.workspace import open_workspace

AT = "2026-12-01T09:00"
ADA = "ada.lovelace@mail.example.org"
UNREACHABLE = 'url = "postgresql+nothere://db.example.org/newsletter"'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "lab")
    return tmp_path / "lab"


@pytest.fixture
def read(root: Path) -> Path:
    """Somebody reads the weekly."""
    ws = open_workspace(root, environ={})
    add(ws, ADA, "community")
    ws.store.close()
    return root


def without_store(root: Path) -> Path:
    config = root / "config.toml"
    text = config.read_text()
    assert 'url = "sqlite:///subscribers/newsletter.db"' in text
    config.write_text(text.replace('url = "sqlite:///subscribers/newsletter.db"', UNREACHABLE))
    return root


@pytest.fixture
def laptop(root: Path) -> Iterator[Studio]:
    """A fresh clone on an editor's own machine: the store is on the server, where this machine does not reach."""
    studio = Studio(without_store(root), AT, environ={})
    yield studio
    studio.close()


def test_without_the_servers_store_personas_are_shown_and_counts_are_not_known(laptop: Studio) -> None:
    shown = laptop.show("weekly", "berlin")
    assert (shown.faults, shown.persona) == ((), "berlin")
    assert shown.view is not None
    assert "Missing data" in shown.view.text
    assert (shown.audience.people, shown.audience.mails) == (0, 0)
    assert "postgresql+nothere" in shown.audience.unknown
    assert laptop.show("weekly", "berlin", 3).step is None


def test_what_the_servers_store_keeps_is_not_done_without_it(laptop: Studio) -> None:
    laptop.show("weekly", "berlin")
    for what in ("draft", "approve"):
        said = laptop.act(what, "weekly", "berlin", 0, {"hash": "0" * 64, "by": "Ed"})
        assert (said.well, "kept there" in said.text) == (False, True)
    standing = laptop.standing("weekly", "berlin", 0)
    assert standing is not None
    assert "nobody that is known here" in standing.goes
    assert laptop.act("test", "weekly", "berlin", 0, {"address": "me@example.org"}).well


def test_without_the_store_nothing_is_left_behind_and_files_are_still_followed(laptop: Studio) -> None:
    laptop.show("weekly", "berlin")
    assert not (laptop.root / "subscribers" / "newsletter.db").exists()
    page = laptop.root / "content" / "deep-dives" / "2026-12-08-missing-data.md"
    page.write_text(page.read_text().replace("Missing data, honestly", "Missing data, at last"))
    laptop.refresh()
    view = laptop.show("weekly", "berlin").view
    assert view is not None
    assert "Missing data, at last" in view.text


def test_a_store_that_comes_back_is_used_again(laptop: Studio) -> None:
    assert laptop.show("weekly").audience.unknown
    config = laptop.root / "config.toml"
    config.write_text(config.read_text().replace(UNREACHABLE, 'url = "sqlite:///subscribers/newsletter.db"'))
    ws = open_workspace(laptop.root, environ={})
    add(ws, ADA, "community")
    ws.store.close()
    laptop.refresh()
    audience = laptop.show("weekly").audience
    assert (audience.people, audience.unknown) == (1, "")


def test_an_empty_store_says_so(root: Path) -> None:
    studio = Studio(root, AT, environ={})
    assert studio.show("weekly").audience.unknown == "the store here knows no reader of this digest"
    studio.close()


@pytest.mark.parametrize(
    ("settings", "shown", "logged"),
    [({}, "a…@m….org", 0), ({"real": True}, ADA, 1), ({"real": True, "hosted": True}, "a…@m….org", 0)],
)
def test_addresses_are_masked_unless_they_are_asked_for_on_ones_own_machine(
    read: Path, caplog: pytest.LogCaptureFixture, settings: dict[str, bool], shown: str, logged: int
) -> None:
    studio = Studio(read, AT, environ={}, **settings)
    with caplog.at_level(logging.WARNING):
        found = studio.show("weekly", "berlin", 1)
    studio.close()
    assert found.step is not None
    assert found.step.readers == (shown,)
    assert found.real is (shown == ADA)
    assert len([one for one in caplog.records if "real addresses" in one.message]) == logged
    assert ADA not in caplog.text


def test_on_a_server_nobody_learns_where_the_workspace_lies(root: Path) -> None:
    without_store(root)
    studio = Studio(root, AT, environ={}, hosted=True)
    told = [studio.show("weekly").audience.unknown]
    (root / "config.toml").unlink()
    studio.refresh()
    told += [one.problem.text for one in studio.show("weekly").faults]
    studio.close()
    assert len(told) == 2
    assert [text for text in told if str(root) in text] == []
    assert "config.toml is missing" in told[1]


def test_on_a_server_a_fault_of_the_program_is_in_its_log_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_values: object) -> None:
        raise ZeroDivisionError(f"in {root}")

    monkeypatch.setattr("newsletter.app.studio.desk.build_view", broken)
    for hosted, told in ((True, "the program's log says why"), (False, f"ZeroDivisionError: in {root}")):
        studio = Studio(root, AT, environ={}, hosted=hosted)
        (fault,) = studio.show("weekly").faults
        studio.close()
        assert fault.problem.text == told
    assert "ZeroDivisionError" in caplog.text


def test_on_a_server_no_program_of_the_editors_is_started(root: Path) -> None:
    studio = Studio(root, AT, environ={"EDITOR": "code"}, hosted=True)
    studio.show("weekly")
    said = studio.act("open", "weekly", "seattle", 0, {})
    assert "only by the studio of your own machine" in said.text
    assert said.place == "issues/weekly-2026-12-04.md:1"
    studio.close()


def test_the_mails_beside_the_one_that_is_shown_are_made_ready(read: Path) -> None:
    ws = open_workspace(read, environ={})
    for number, zone in enumerate(("Europe/Berlin", "Asia/Tokyo", "Asia/Kathmandu")):
        add(ws, f"reader{number}@example.org", "community", timezone=zone)
    ws.store.close()
    studio = Studio(read, AT, environ={})
    studio.ahead(studio.show("weekly", "seattle"))
    assert sorted(number for _, _, number in studio._shown) == [0, 1, 4]
    studio.ahead(studio.show("weekly", "seattle", 4))
    assert sorted(number for _, _, number in studio._shown) == [0, 1, 3, 4]
    studio.close()
