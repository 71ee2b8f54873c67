"""Whether a digest's times fit together: its draft before its first reader, its windows without a gap."""

from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.model.workspace import Community, DigestSettings, Sender, Settings
from newsletter.settings.coverage import check_waves, uncovered_days
from newsletter.settings.reserved_paths import reserved_paths

ZONES = sorted(name for name in available_timezones() if "/" in name)


def digest(cadence: str = "weekly on Friday at 09:00", window: str = "7 days", **rules: object) -> DigestSettings:
    return DigestSettings.model_validate(
        {"title": "Hours", "list": "community", "cadence": cadence, "window": window, **rules}
    )


def gaps(cadence: str, window: str) -> list[str]:
    community = Community(id="lab", name="Lab", timezone="America/Los_Angeles", postal_address="1 Shore Avenue")
    settings = Settings.model_validate(
        {
            "root": "/nowhere",
            "community": community,
            "sender": Sender(address="hours@example.org"),
            "digests": {"weekly": digest(cadence, window)},
        }
    )
    return [text for _, _, text in uncovered_days(settings)]


@pytest.mark.parametrize(
    ("cadence", "window"),
    [
        ("weekly on Friday at 09:00", "7 days from next Monday"),
        ("weekly on Friday at 09:00", "6 weeks"),
        ("every two weeks on Friday at 09:00", "2 weeks"),
        ("monthly on third Friday at 09:00", "month"),
        ("monthly on 1 at 09:00", "31 days"),
        ("quarterly on last Friday at 09:00, year from February", "quarter"),
        ("quarterly 7 days before term at 09:00", "term"),
        ("monthly on 1 at 09:00", "term"),
        ("manual", "since last, six weeks ahead"),
    ],
)
def test_a_digest_that_covers_every_day_is_not_warned_of(cadence: str, window: str) -> None:
    assert gaps(cadence, window) == []


@pytest.mark.parametrize(
    ("cadence", "window", "words"),
    [
        ("every two weeks on Friday at 09:00", "7 days", "7 days between two issues, such as 12 Jan 2024 to 18 Jan"),
        ("weekly on Friday at 09:00", "6 days from next Monday", "1 day between two issues, such as 14 Jan 2024"),
        ("monthly on 1 at 09:00", "30 days", "1 day between two issues, such as 31 Jan 2024 to 31 Jan"),
        ("quarterly on 1 at 09:00", "month", "between two issues, such as 01 Feb 2024 to 31 Mar 2024"),
    ],
)
def test_days_that_no_issue_is_about_are_named(cadence: str, window: str, words: str) -> None:
    (text,) = gaps(cadence, window)
    assert words in text


def test_a_draft_must_stand_before_the_first_reader_gets_it() -> None:
    found = [
        [*check_waves("weekly", digest(send_at="reader", draft=draft), "America/Los_Angeles")]
        for draft in ("22 hours before", "23 hours before", "3 days before")
    ]
    assert [len(faults) for faults in found] == [1, 0, 0]
    assert "up to 22 hours before the slot" in found[0][0][2]
    assert not [*check_waves("weekly", digest(draft="0 days before"), "America/Los_Angeles")]


@given(home=st.sampled_from(ZONES))
def test_two_days_are_enough_anywhere(home: str) -> None:
    assert not [*check_waves("weekly", digest(send_at="reader", draft="2 days before"), home)]


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("https://news.example.org", ""),
        ("https://news.example.org/choir", ""),
        ("https://news.example.org/studio", "'studio'"),
        ("https://news.example.org/houses/u/", "'u'"),
        ("https://studio.example.org/uni", ""),
    ],
)
def test_an_address_where_another_community_would_have_its_own_pages_is_named(address: str, named: str) -> None:
    settings = Settings.model_validate(
        {
            "root": "/nowhere",
            "community": Community(
                id="lab", name="Lab", timezone="America/Los_Angeles", postal_address="1 Shore Avenue"
            ),
            "sender": Sender(address="hours@example.org"),
            "web": {"base_url": address},
        }
    )
    found = list(reserved_paths(settings))
    assert [named in text for _, _, text in found] == ([True] if named else [])
