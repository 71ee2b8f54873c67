"""Warnings that are meant are taken out with their reason; what a silence cannot do is itself told."""

from newsletter.checks.registry import RULES
from newsletter.checks.silencing import sort_out
from newsletter.model.editing import Silence
from newsletter.model.problem import Origin, Problem

CONFIG = Origin("settings", "config.toml", 7)
WARNING = Problem("warning", "evt.no-place", "no place", Origin("site", "content/events/a.md", 3))
OTHER = Problem("warning", "evt.no-place", "no place either", Origin("site", "content/talks/b.md", 3))
ERROR = Problem("error", "evt.past", "over", Origin("site", "content/events/a.md", 3))
READ = Problem("warning", "W-DATE", "which day?", Origin("site", "content/events/a.md", 4))


def meant(rule: str, where: str = "", *, once: bool = False) -> Silence:
    return Silence(rule, "We meet wherever there is room", CONFIG, where, once)


def test_a_warning_that_is_meant_goes_aside_with_its_reason() -> None:
    found = sort_out((WARNING, ERROR), (meant("evt.no-place"),), RULES)

    assert found.problems == (ERROR,)
    assert [(one.problem, one.silence.reason) for one in found.silenced] == [
        (WARNING, "We meet wherever there is room")
    ]


def test_a_pattern_limits_it_to_some_places() -> None:
    found = sort_out((WARNING, OTHER), (meant("evt.no-place", "content/talks/*"),), RULES)

    assert found.problems == (WARNING,)
    assert [one.problem for one in found.silenced] == [OTHER]


def test_what_sources_say_can_be_meant_too() -> None:
    assert sort_out((READ,), (meant("W-DATE"),), RULES).problems == ()


def test_an_error_is_never_silenced_and_the_attempt_is_told() -> None:
    found = sort_out((ERROR,), (meant("evt.past"),), RULES)

    assert [(one.level, one.code, one.origin) for one in found.problems] == [
        ("error", "evt.past", ERROR.origin),
        ("warning", "silence.error", CONFIG),
    ]
    assert found.silenced == ()


def test_a_rule_that_is_none_is_told() -> None:
    found = sort_out((), (meant("evt.nowhere"),), RULES)
    assert [(one.level, one.code) for one in found.problems] == [("warning", "silence.unknown-rule")]


def test_what_found_nothing_is_told_louder_where_it_was_written_for_one_issue() -> None:
    silences = (meant("evt.no-place", "content/talks/*"), meant("evt.dst", once=True))
    found = sort_out((WARNING,), silences, RULES)
    assert [(one.level, one.code) for one in found.problems] == [
        ("warning", "evt.no-place"),
        ("info", "silence.unused"),
        ("warning", "silence.unused"),
    ]
