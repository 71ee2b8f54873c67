"""What mail programs support: the distilled table, what is found in a page, and what nobody is bothered with."""

import json
from pathlib import Path

import pytest

from newsletter.checks.compat.distilling import distil, main
from newsletter.checks.compat.features import features_of
from newsletter.checks.compat.rule import BASELINE, GRACEFUL, TABLE, support
from newsletter.checks.page import read_page
from newsletter.render.mjml_guard import compile_mjml

ALL_COMPONENTS = """
<mjml lang="en" dir="ltr"><mj-head><mj-title>t</mj-title><mj-preview>p</mj-preview></mj-head><mj-body>
<mj-wrapper background-color="#ffffff"><mj-section border-radius="3px"><mj-column><mj-text>a</mj-text>
<mj-button href="https://e.example.org">b</mj-button><mj-divider /><mj-spacer height="3px" />
<mj-image src="https://e.example.org/a.png" alt="x" href="https://e.example.org" width="100px" />
<mj-table><tr><th>a</th></tr></mj-table></mj-column><mj-column><mj-text>a</mj-text></mj-column></mj-section></mj-wrapper>
<mj-section background-url="https://e.example.org/a.png" background-size="cover" background-repeat="no-repeat">
<mj-group><mj-column><mj-text>z</mj-text></mj-column><mj-column><mj-text>z</mj-text></mj-column></mj-group></mj-section>
<mj-hero mode="fixed-height" height="100px" background-url="https://e.example.org/a.png" background-width="600px"
 background-height="400px"><mj-text>h</mj-text></mj-hero>
<mj-section full-width="full-width" background-url="https://e.example.org/a.png"><mj-column>
<mj-social><mj-social-element name="github" href="https://e.example.org">g</mj-social-element></mj-social>
<mj-navbar><mj-navbar-link href="https://e.example.org">n</mj-navbar-link></mj-navbar>
<mj-accordion><mj-accordion-element><mj-accordion-title>t</mj-accordion-title>
<mj-accordion-text>x</mj-accordion-text></mj-accordion-element></mj-accordion></mj-column></mj-section></mj-body></mjml>
"""


def lacking_in(html: str) -> set[str]:
    """The features of a page that some client does not have."""
    table = support()
    return {table.lacking[find][0] for find in features_of(read_page(html)) if find in table.lacking}


def test_the_baseline_is_what_mjml_writes_by_itself() -> None:
    assert lacking_in(compile_mjml(ALL_COMPONENTS, "all.mjml")) == BASELINE


def test_what_may_be_missing_is_known_and_said() -> None:
    slugs = {slug for slug, _ in support().lacking.values()}
    assert set(GRACEFUL) <= slugs
    assert not set(GRACEFUL) & BASELINE
    assert all(GRACEFUL.values())


def test_the_table_says_where_it_is_from_and_when() -> None:
    table = json.loads(TABLE.read_text(encoding="ascii"))
    assert table["source"] == "https://www.caniemail.com/api/data.json"
    assert table["licence"].startswith("MIT, (c) Remi Parmentier")
    assert support().date == table["date"] >= "2026-05-13"
    assert len(table["features"]) > 150


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p style="Gap: 3px">x</p>', "property gap"),
        ('<p style="width:calc(1px + 2px)">x</p>', "function calc"),
        ('<p style="margin:1.5rem">x</p>', "unit rem"),
        ('<p style="display: FLEX !important">x</p>', "value display:flex"),
        ("<details>x</details>", "element details"),
        ('<p popover="auto">x</p>', "attribute popover"),
        ("<style>@supports (gap:1px){a{gap:1px}}</style>", "at supports"),
        ("<style>@media (hover){a{gap:1px}}</style>", "media hover"),
        ("<style>a:nth-child(2){color:red}</style>", "pseudo nth-child"),
        ("<style>h1 + p{color:red}</style>", "combinator +"),
        ("<style>a{color:var(--x)}</style>", "function var"),
    ],
)
def test_what_a_page_uses(html: str, found: str) -> None:
    assert found in features_of(read_page(html))


@pytest.mark.parametrize(
    ("html", "not_found"),
    [
        ("<p>gap: 3px; calc(1)</p>", "property gap"),
        ("<style>/* gap: 3px */ a{content:'gap:1px;'}</style>", "property gap"),
        ("<p style=\"background:url('a-calc(1).png')\">x</p>", "function calc"),
        ('<p style="color:#1rem">x</p>', "unit rem"),
        ("<style>a[href^='x:hover']{color:red}</style>", "pseudo hover"),
        ('<p style="mso-gap:1px;-webkit-hyphens:auto">x</p>', "property hyphens"),
    ],
)
def test_what_a_page_only_speaks_of(html: str, not_found: str) -> None:
    assert not_found not in features_of(read_page(html))


def test_a_family_means_all_of_its_programs() -> None:
    table = support()
    assert table.wanted(("gmail",)) == {one for one in table.clients if one.startswith("gmail.")}
    assert table.wanted(("outlook.windows",)) == {"outlook.windows"}
    assert table.name_of("outlook.windows") == "Outlook (Windows)"


def feature(slug: str, title: str, category: str = "css", **stats: dict[str, str]) -> dict[str, object]:
    return {"slug": slug, "title": title, "category": category, "stats": {"outlook": stats}}


def data(*features: dict[str, object]) -> dict[str, object]:
    names = {"family": {"outlook": "Outlook"}, "platform": {"windows": "Windows", "macos": "macOS"}}
    return {"last_update_date": "2026-07-01 10:00:00 +0000", "nicenames": names, "data": list(features)}


@pytest.mark.parametrize(
    ("slug", "title", "category", "finds"),
    [
        ("css-gap", "gap, column-gap, row-gap", "css", ["property gap", "property column-gap", "property row-gap"]),
        ("css-width", "width property", "css", ["property width"]),
        ("css-at-media-hover", "@media (hover), @media (any-hover)", "css", ["media hover", "media any-hover"]),
        ("css-display-flex", "display:flex", "css", ["value display:flex"]),
        ("css-unit-vw", "vw unit", "css", ["unit vw"]),
        ("css-pseudo-class-has", ":has()", "css", ["pseudo has"]),
        ("css-modern-color", "lch(), oklch()", "css", ["function lch", "function oklch"]),
        ("html-srcset", "srcset and sizes attributes", "html", ["attribute srcset", "attribute sizes"]),
        ("html-picture", "<picture> element", "html", ["element picture"]),
    ],
)
def test_what_of_the_data_can_be_found(slug: str, title: str, category: str, finds: list[str]) -> None:
    table = distil(data(feature(slug, title, category, windows={"2019": "n"})))
    assert table["features"][slug] == {"finds": finds, "no": [0]}


@pytest.mark.parametrize(
    ("versions", "lacks"),
    [
        ({"2007": "n", "2019": "y"}, False),
        ({"2007": "y", "2019": "n #1"}, True),
        ({"9.5": "n", "10.0": "y"}, False),
        ({"2019-10": "n", "16.80": "y"}, False),
        ({"2019": "a #2"}, False),
        ({"2019": "u"}, False),
    ],
)
def test_the_newest_version_counts(versions: dict[str, str], lacks: bool) -> None:
    table = distil(data(feature("css-gap", "gap", windows=versions)))
    assert ("css-gap" in table["features"]) == lacks


def test_the_table_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, made = tmp_path / "data.json", tmp_path / "table.json"
    given.write_text(json.dumps(data(feature("css-gap", "gap", windows={"2019": "n"}))), encoding="utf-8")
    monkeypatch.setattr("newsletter.checks.compat.distilling.TABLE", made)
    main([str(given)])

    table = json.loads(made.read_text(encoding="utf-8"))
    assert (table["date"], list(table["features"])) == ("2026-07-01", ["css-gap"])
