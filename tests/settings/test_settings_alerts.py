"""What [alerts] may say, and what is refused before it takes effect."""

from pathlib import Path

import pytest
from support_workspace import settings_at

from newsletter.model.alert_settings import AlertSettings
from newsletter.settings.meaning import check_meaning
from newsletter.settings.secrets import read_secrets


def faults(**alerts: object) -> list[tuple[str, str]]:
    settings = settings_at(Path("/srv")).model_copy(update={"alerts": AlertSettings(**alerts)})
    found = ((".".join(map(str, key)), text) for key, _, text in check_meaning(settings))
    return [(where, text) for where, text in found if where.startswith("alerts")]


def test_the_defaults_and_what_is_turned_off_are_good() -> None:
    assert faults() == []
    assert faults(late="", queue="", unknown="", events="", source_unread="", source_empty="", disk_mb=0) == []
    assert faults(mail=("Operator <ops@example.org>",), webhook="https://hooks.example.org/x") == []
    assert faults(webhook_env="ALERTS_URL") == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("mail", ("nobody",), "'nobody' is not an e-mail address"),
        ("late", "soon", "'soon' is not a length of time"),
        ("source_unchanged", "1 year", "is not a length of time"),
        ("settle", "", "`alerts.settle` is empty"),
        ("webhook", "ftp://example.org", "must begin with https:// or http://"),
        ("webhook_env", "https://hooks.example.org/secret", "must be the name of an environment variable"),
    ],
)
def test_what_cannot_be_meant_is_named(key: str, value: object, words: str) -> None:
    [(where, text)] = faults(**{key: value})
    assert where == f"alerts.{key}"
    assert words in text
    assert "hooks.example.org" not in text, "an address may be a secret"


def test_two_addresses_to_post_to_are_one_too_many() -> None:
    [(where, text)] = faults(webhook="https://hooks.example.org/x", webhook_env="ALERTS_URL")
    assert (where, "keep one of them" in text) == ("alerts.webhook_env", True)


def test_the_secret_that_signs_posts_comes_from_the_environment() -> None:
    secrets, problems = read_secrets({"NEWSLETTER_ALERTS_SECRET": "shared"})
    assert problems == ()
    assert secrets.alerts is not None
    assert secrets.alerts.get_secret_value() == "shared"
