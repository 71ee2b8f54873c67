"""What is wrong with settings of guards, by their keys."""

import pytest
from support_workspace import settings_at

from newsletter.model.guarding import GuardSettings, PaceSettings
from newsletter.model.workspace import Settings
from newsletter.settings.meaning import check_meaning


def faults(settings: Settings) -> list[str]:
    return [".".join(map(str, key)) for key, code, _ in check_meaning(settings) if code == "settings.guard"]


@pytest.mark.parametrize(
    ("guards", "key"),
    [
        ({"deadline": "soon"}, "guards.deadline"),
        ({"canary_hold": "a while"}, "guards.canary_hold"),
        ({"canary_hold": ""}, "guards.canary_hold"),
        ({"canary": -1}, "guards.canary"),
        ({"canary": ("nobody",)}, "guards.canary"),
        ({"warm_up": (50, 20)}, "guards.warm_up"),
        ({"warm_up": (0, 20)}, "guards.warm_up"),
        ({"complaints_alert": 0.5}, "guards.complaints_alert"),
    ],
)
def test_a_guard_that_makes_no_sense_is_named(tmp_path, guards: dict[str, object], key: str) -> None:
    settings = settings_at(tmp_path).model_copy(update={"guards": GuardSettings(**guards)})
    assert faults(settings) == [key]


@pytest.mark.parametrize("domains", [{"Example.org": 5}, {"ada@example.org": 5}, {"example.org": -1}])
def test_a_pace_for_what_is_no_domain_is_named(tmp_path, domains: dict[str, int]) -> None:
    settings = settings_at(tmp_path).model_copy(update={"pace": PaceSettings(domains=domains)})
    assert faults(settings) == [f"pace.domains.{next(iter(domains))}"]


@pytest.mark.parametrize("values", [{"canary": ("nobody",)}, {"canary_hold": "a while"}, {"deadline": "soon"}])
def test_what_a_digest_says_in_their_place_is_looked_at_too(tmp_path, values: dict[str, object]) -> None:
    settings = settings_at(tmp_path)
    weekly = settings.digests["weekly"].model_copy(update=values)
    settings = settings.model_copy(update={"digests": {"weekly": weekly, "monthly": settings.digests["monthly"]}})
    assert faults(settings) == [f"digests.weekly.{next(iter(values))}"]


def test_guards_as_they_are_make_sense(tmp_path) -> None:
    assert faults(settings_at(tmp_path)) == []
