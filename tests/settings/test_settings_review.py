"""What config.toml may say of the review of issues, and what it cannot mean."""

import pytest
from support_workspace import settings_at

from newsletter.model.workspace import EditorSettings, Settings
from newsletter.settings.meaning import check_meaning


def faults(settings: Settings) -> list[tuple[tuple[str | int, ...], str]]:
    return [(key, text) for key, _, text in check_meaning(settings)]


def with_editors(tmp_path, **values: object) -> Settings:
    return settings_at(tmp_path).model_copy(update={"editors": EditorSettings(**values)})


def with_rules(tmp_path, **rules: object) -> Settings:
    settings = settings_at(tmp_path)
    weekly = settings.digests["weekly"].model_copy(update=rules)
    return settings.model_copy(update={"digests": {"weekly": weekly}, "lists": {}})


def of(found, *key: str) -> list[str]:
    return [text for path, text in found if path == key]


def test_editors_are_addresses_and_a_lead_time(tmp_path) -> None:
    sound = with_editors(tmp_path, notify=("Priya <priya@example.org>",), remind="2 hours before")
    assert faults(sound) == faults(with_editors(tmp_path, remind="")) == faults(settings_at(tmp_path))
    (found,) = of(faults(with_editors(tmp_path, notify=("priya",))), "editors", "notify")
    assert "'priya' is not an e-mail address" in found
    assert of(faults(with_editors(tmp_path, remind="soon")), "editors", "remind")


@pytest.mark.parametrize(("key", "value"), [("drift", "hold"), ("approvals", 2)])
def test_who_needs_no_approval_cannot_wait_for_one(tmp_path, key, value) -> None:
    assert of(faults(with_rules(tmp_path, review="automatic", **{key: value})), "digests", "weekly", key)
    assert not of(faults(with_rules(tmp_path, review="required", **{key: value})), "digests", "weekly", key)
