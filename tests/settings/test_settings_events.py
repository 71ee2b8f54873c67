"""A verification key that is none is named before anything is posted."""

import base64
from pathlib import Path

import pytest
from support_workspace import settings_at

from newsletter.devsink.events import Signer
from newsletter.settings.events import check_events

KEY = Signer().public


@pytest.mark.parametrize("keys", ["", KEY, f"{KEY}\n{Signer().public}"])
def test_keys_as_the_provider_shows_them_are_taken(keys: str, tmp_path: Path) -> None:
    assert faults(tmp_path, keys) == []


@pytest.mark.parametrize(
    "keys",
    [KEY[:-4], f"{KEY} {KEY[4:]}", "SG.an-api-key", "ü", base64.b64encode(b"x" * 91).decode(), f"-----BEGIN {KEY}"],
)
def test_what_is_no_such_key_is_named(keys: str, tmp_path: Path) -> None:
    assert "copy it whole" in faults(tmp_path, keys)[0]


def faults(root: Path, keys: str) -> list[str]:
    settings = settings_at(root)
    road = settings.provider.model_copy(update={"webhook_key": keys})
    return [text for _, _, text in check_events(settings.model_copy(update={"provider": road}))]
