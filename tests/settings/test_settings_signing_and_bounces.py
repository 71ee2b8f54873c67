"""Settings of signatures and of the box for reports that a schema would let pass."""

from pathlib import Path

import pytest
from support_workspace import settings_at

from newsletter.model.provider_settings import DkimSettings, ProviderSettings
from newsletter.model.requests import BouncesSettings
from newsletter.settings.meaning import check_meaning


def told(tmp_path: Path, **changes: object) -> list[tuple[str, str]]:
    """The faults that these changes make, by key."""
    usual = set(check_meaning(settings_at(tmp_path)))
    found = check_meaning(settings_at(tmp_path).model_copy(update=changes))
    return [(".".join(map(str, key)), text) for key, _, text in found if (key, _, text) not in usual]


@pytest.mark.parametrize(
    ("box", "key"),
    [
        (BouncesSettings(kind="maildir"), "bounces.kind"),
        (BouncesSettings(kind="imap", path="box"), "bounces.kind"),
        (BouncesSettings(address="no address"), "bounces.address"),
        (BouncesSettings(address="Bounce <bounce@example.org>"), "bounces.address"),
        (BouncesSettings(verp=True), "bounces.verp"),
        (BouncesSettings(verp=True, address="a-name-that-is-too-long@example.org"), "bounces.verp"),
    ],
)
def test_a_box_for_reports_that_cannot_work_is_named(tmp_path: Path, box: BouncesSettings, key: str) -> None:
    [(found, text)] = told(tmp_path, bounces=box)
    assert found == key
    assert key.rpartition(".")[2] in text or "needs" in text


@pytest.mark.parametrize(
    "box",
    [
        BouncesSettings(),
        BouncesSettings(address="bounce@news.example.org"),
        BouncesSettings(kind="maildir", path="box", address="bounce@news.example.org", verp=True),
        BouncesSettings(kind="imap", host="imap.example.org"),
    ],
)
def test_a_box_for_reports_that_can_work_is_taken(tmp_path: Path, box: BouncesSettings) -> None:
    assert told(tmp_path, bounces=box) == []


@pytest.mark.parametrize(
    ("domain", "selector", "key"),
    [
        ("news.example.org", "", "selector"),
        ("", "hours", "domain"),
        ("news.example.org", "two words", "selector"),
        ("example.net", "hours", "domain"),
        ("s.example.org", "hours", "domain"),
        ("ws.example.org", "hours", "domain"),
    ],
)
def test_a_signature_that_nobody_could_verify_is_named(tmp_path: Path, domain: str, selector: str, key: str) -> None:
    provider = ProviderSettings(dkim=DkimSettings(domain=domain, selector=selector))
    assert {found for found, _ in told(tmp_path, provider=provider)} == {f"provider.dkim.{key}"}


@pytest.mark.parametrize("domain", ["news.example.org", "example.org", "mail.news.example.org", "News.Example.ORG"])
def test_a_signature_of_ones_own_domain_or_of_one_above_or_below_is_taken(tmp_path: Path, domain: str) -> None:
    assert told(tmp_path, provider=ProviderSettings(dkim=DkimSettings(domain=domain, selector="hours2026"))) == []
