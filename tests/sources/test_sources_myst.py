"""Pages written in MyST: boxes and roles become words, code stays code."""

import pytest
from support_sources import one

from newsletter.sources.cleaning import blanked
from newsletter.sources.myst import without_myst

HEAD = "---\ntitle: Open house\n---\n"


def body(text: str) -> str:
    return one(HEAD + text).body


def test_a_box_is_read_as_what_stands_in_it() -> None:
    text = "Before.\n\n```{note}\n:class: tip\n\nBring a [map](/map/).\n```\n\nAfter.\n"
    assert body(text) == "Before.\n\nBring a [map](https://lab.example.org/map/).\n\nAfter."


def test_a_box_keeps_its_title_and_the_boxes_inside_it() -> None:
    text = "````{admonition} Bring a laptop\n```{tip}\nCharged.\n```\nAnd a cable.\n````\nAfter.\n"
    assert body(text).split() == ["Bring", "a", "laptop", "Charged.", "And", "a", "cable.", "After."]


def test_a_box_between_colons_keeps_its_title_and_what_stands_in_it() -> None:
    text = "Before.\n\n::::{grid}\n:::{note} Bring a laptop\n:class: tip\nAnd a cable.\n:::\n::::\nAfter.\n"
    assert body(text).split() == ["Before.", "Bring", "a", "laptop", "And", "a", "cable.", "After."]
    quarto = "::: {.callout-note}\nTea.\n\n`:::`\n:::\n\n::: panel\nCups.\n:::\n"
    assert body(quarto).split() == ["Tea.", "`:::`", "Cups."]
    assert body("Before.\n\n:::{figure} map.png\nThe way.\n:::\n").split() == ["Before.", "The", "way."]


def test_code_inside_and_outside_a_box_stays_code() -> None:
    code = "```{code-block} python\n{doc}`x`\n```\n"
    assert without_myst(code) == code
    boxed = "````{note}\n```python\n{doc}`x`\n```\n````\n"
    assert without_myst(boxed) == "\n```python\n{doc}`x`\n```\n\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("See {doc}`the guide <guide/index>`.", "See the guide."),
        ("See {ref}`venue`.", "See venue."),
        ("`{doc}` and `` {doc}`x` `` stay", "`{doc}` and `` {doc}`x` `` stay"),
        ("a {math}`x^2` stays", "a {math}`x^2` stays"),
        ("{{doc}`x`", "{{doc}`x`"),
        ("{term}`<odd>`", "<odd>"),
        ("{doc}`a` or {doc}`b <c>`", "a or b"),
    ],
)
def test_roles_become_their_words(written: str, read: str) -> None:
    assert without_myst(written) == read


def test_a_line_that_looks_like_an_option_counts_only_at_the_head_of_a_box() -> None:
    assert without_myst(":class: tip\n") == ":class: tip\n"
    assert without_myst("```{note}\nWords.\n:class: tip\n```\n") == "\nWords.\n:class: tip\n\n"


def test_a_box_that_is_never_closed_runs_to_the_end() -> None:
    assert body("```{warning}\nMind the step.\n") == "Mind the step."


def test_sentences_in_a_box_are_searched_for_events_in_their_own_lines() -> None:
    assert blanked("One.\n```{note}\n\nMondays 12-1 PM.\n```\n").split("\n")[3] == "Mondays 12-1 PM."
