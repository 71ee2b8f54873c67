"""What became other between two readings of the settings, and which of it a running program cannot take in."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from support_workspace import settings_at

from newsletter.model.workspace import Secrets, Settings, SourceSettings, StoreSettings, WebSettings
from newsletter.settings.changes import NEEDS_RESTART, setting_changes


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    return settings_at(tmp_path)


def told(old: Settings, **changes: object) -> list[str]:
    return [str(one) for one in setting_changes(old, old.model_copy(update=changes))]


def test_what_is_the_same_is_not_told(old: Settings, tmp_path: Path) -> None:
    assert setting_changes(old, settings_at(tmp_path)) == ()
    assert setting_changes(old, settings_at(tmp_path / "moved")) == (), "the folder is no setting"


def test_a_change_is_told_by_its_key_as_it_is_written(old: Settings) -> None:
    weekly = old.digests["weekly"]
    digests = {"weekly": weekly.model_copy(update={"approvals": 2, "archive": True, "sections": ("note", "events")})}
    found = told(old, digests=digests, terms_preset="uw")
    assert "digests.weekly.approvals: 1 is 2 now" in found
    assert "digests.weekly.archive: false is true now" in found
    assert 'digests.monthly.title is gone (it was "Common Hours")' in found
    assert 'terms.preset: "" is "uw" now' in found
    assert all(len(one) < 200 for one in found)


def test_sources_go_by_their_names_wherever_they_stand(old: Settings) -> None:
    one, other = (SourceSettings(name=name, format="csv", path=f"{name}.csv") for name in ("talks", "dives"))
    before = old.model_copy(update={"sources": (one, other)})
    moved = (other, one.model_copy(update={"path": "new.csv"}))
    assert told(before, sources=moved) == ['sources.talks.path: "talks.csv" is "new.csv" now']


def test_no_secret_is_ever_shown(old: Settings) -> None:
    secrets = Secrets(signing=SecretStr("a new key"), smtp_password=SecretStr("a password"))
    assert told(old, secrets=secrets) == ["NEWSLETTER_SECRET is another", "NEWSLETTER_SMTP_PASSWORD is new"]
    assert told(old, secrets=Secrets()) == ["NEWSLETTER_SECRET is gone"]


def test_the_password_in_an_address_is_not_shown_either(old: Settings) -> None:
    one, other = (StoreSettings(url=f"postgresql://us:{word}@db.example.org/news") for word in ("open", "sesame"))
    before = old.model_copy(update={"store": one})
    assert told(before, store=other) == ["store.url is another"]
    assert told(old, store=other) == [
        'store.url: "sqlite:///subscribers/newsletter.db" is "postgresql://us:***@db.example.org/news" now'
    ]


def test_what_the_process_holds_on_to_needs_a_restart(old: Settings) -> None:
    community = old.community.model_copy(update={"id": "other-lab", "name": "Other Lab"})
    web = WebSettings(host="127.0.0.2", port=8030, monitor_port=9464, calendars=False)
    new = old.model_copy(update={"community": community, "web": web, "store": StoreSettings(url="sqlite:///b.db")})
    found = setting_changes(old, new)
    assert sorted(one.key for one in found if one.needs_restart) == sorted(NEEDS_RESTART)
    assert {"community.name", "web.calendars"} <= {one.key for one in found if not one.needs_restart}
