"""What a workspace may say about its public pages and calendars."""

from pathlib import Path

import pytest

from newsletter.app.workspace import open_workspace
from newsletter.settings.reading import SettingsError

ROOT = Path(__file__).parents[2]


def settings(tmp_path: Path, config: tuple[str, str] = ("", ""), lists: tuple[str, str] = ("", "")):
    (tmp_path / "subscribers").mkdir()
    for name, (old, new) in (("config.toml", config), ("subscribers/lists.toml", lists)):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return open_workspace(tmp_path, environ={}).settings


def test_the_sample_publishes_its_issues_and_calendars(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert all(digest.archive and digest.first_number == 1 for digest in found.digests.values())
    assert found.web.calendars
    assert found.web.subscribe_url == ""


@pytest.mark.parametrize("value", ["javascript:alert(1)", "data.example.org/join", "/join"])
def test_people_are_sent_to_a_whole_address_to_subscribe(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match="subscribe_url") as caught:
        settings(tmp_path, ("[web]", f'[web]\nsubscribe_url = "{value}"'))
    assert caught.value.problems[0].origin.line


@pytest.mark.parametrize("name", ['"../up"', '"a b"', '"a/b"', "everything", '""'])
def test_a_topic_has_a_name_that_can_stand_in_an_address(tmp_path: Path, name: str) -> None:
    own = f'[topics.{name}]\ntitle = "T"\ntags = []\n\n[topics.datathons]'
    with pytest.raises(SettingsError, match="names a calendar"):
        settings(tmp_path, lists=("[topics.datathons]", own))


@pytest.mark.parametrize("value", ["0", "-3", '"one"', "1.5"])
def test_the_first_number_is_a_whole_one_from_1_on(tmp_path: Path, value: str) -> None:
    with pytest.raises(SettingsError, match="first_number"):
        settings(tmp_path, ("[digests.weekly]", f"[digests.weekly]\nfirst_number = {value}"))
