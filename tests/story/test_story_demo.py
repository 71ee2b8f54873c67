"""`newsletter demo` does the main job, says so in a table, and leaves mails that can be looked at."""

import subprocess
import sys
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsletter.app.demo import EARLIER
from newsletter.app.sample import sample_root


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("demo") / "scratch"
    command = [sys.executable, "-m", "newsletter", "demo", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def mails(folder: Path) -> dict[str, tuple[str, str]]:
    """Recipient -> HTML and text of the weekly issue."""
    found = {}
    for file in (folder / "outbox/weekly-2026-12-04").glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        html, text = message.get_body(("html",)), message.get_body(("plain",))
        assert html is not None
        assert text is not None
        found[str(message["To"])] = (html.get_content(), text.get_content())
    return found


def test_it_writes_at_least_six_mails_and_an_index_page(demo: tuple[Path, str]) -> None:
    folder, said = demo
    assert len(list((folder / "outbox").rglob("*.eml"))) >= 6
    index = folder / "outbox/index.html"
    assert index.as_uri() in said
    assert "weekly-2026-12-04" in index.read_text(encoding="utf-8")


def test_readers_in_two_zones_and_of_one_topic_get_their_own(demo: tuple[Path, str]) -> None:
    found = mails(demo[0])
    seattle, berlin = found["noor.haddad@example.org"][1], found["anneke.devries@example.org"][1]
    diver = found["ife.adeyemi@example.org"][1]
    assert "Seattle time (PST)" in seattle
    assert "12–1 PM" in seattle.replace("\u202f", " ")
    assert "Berlin time (CET)" in berlin
    assert "21:00–22:00" in berlin
    assert "Missing data, honestly" in diver
    assert "R users' coffee" not in diver
    assert len({html for html, _ in found.values()}) >= 3


def test_who_was_told_before_is_told_what_changed_and_nobody_else_is(demo: tuple[Path, str]) -> None:
    found = mails(demo[0])
    told = found["leilani.kahale@example.org"][1]
    assert "CHANGED SINCE LAST ISSUE" in told
    for words in (
        "MOVED: Missing data, honestly",
        "NEW PLACE: Datathon: a year of buses",
        "CANCELLED: R users' coffee",
    ):
        assert words in told
    assert "CHANGED SINCE LAST ISSUE" not in found["noor.haddad@example.org"][1]


def test_sending_again_sends_nothing_and_says_so(demo: tuple[Path, str]) -> None:
    assert "0 mails: nobody gets it twice" in demo[1]


def test_the_plans_that_change_are_still_in_the_sample() -> None:
    for file, today, before in EARLIER:
        text = (sample_root() / file).read_text(encoding="utf-8")
        assert text.count(today) == 1, (file, today)
        assert before not in text
