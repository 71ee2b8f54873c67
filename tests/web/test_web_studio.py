"""The desk behind the preview, on the sample workspace: what it keeps, what it forgets, what it says is wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support_http import canned, response

from newsletter.app.sample import init_workspace
from newsletter.app.studio.desk import Studio
from newsletter.app.studio.message import headers
from newsletter.app.studio.stage import in_scheme

AT = "2026-12-01T09:00"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_workspace(tmp_path / "lab")
    return tmp_path / "lab"


@pytest.fixture
def studio(root: Path) -> Iterator[Studio]:
    studio = Studio(root, AT, environ={})
    yield studio
    studio.close()


def test_nothing_is_built_twice_until_a_file_changes(studio):
    first = studio.show("weekly", "berlin")
    assert studio.show("weekly", "berlin") is first
    studio.refresh()
    again = studio.show("weekly", "berlin")
    assert again is not first
    assert again.view.html == first.view.html


def test_a_remote_source_is_not_asked_again_at_every_change(root):
    with canned(response(200, b"title,start\nA talk,2026-12-08\n")) as server:
        config = root / "config.toml"
        place = f'[[sources]]\nname = "remote"\nformat = "csv"\nurl = "{server.url}/talks.csv"\n\n[provider]'
        config.write_text(config.read_text().replace("[provider]", place, 1))
        studio = Studio(root, AT, environ={"NEWSLETTER_FETCH_ALLOW": "127.0.0.1"})
        for _ in range(3):
            assert "A talk" in studio.show().view.text
            studio.refresh()
        assert len(server.requests) == 1
        studio.close()


def test_names_that_are_not_there_become_the_first_there_are(studio):
    shown = studio.show("../../etc/passwd", "<script>")
    assert (shown.digest, shown.persona) == ("weekly", "seattle")


def test_links_that_would_be_personal_lead_nowhere(studio):
    view = studio.show().view
    assert "/u/" not in view.framed
    assert 'href="#" target="_self"' in view.framed
    assert "/u/preview" in view.text
    sent = dict(headers(view.message))
    assert sent["List-Unsubscribe"] == "<https://news.example.org/u/preview>"
    assert sent["To"] == "reader@example.org"


def test_a_fault_keeps_the_last_good_view_of_each_reader(studio, root):
    good = studio.show("weekly", "berlin").view
    (root / "templates" / "hours" / "issue.mjml").write_text("{% if %}")
    studio.refresh()
    shown = studio.show("weekly", "berlin")
    assert shown.view is good
    assert shown.faults[0].problem.origin.path == "templates/hours/issue.mjml"
    assert studio.show("weekly", "tokyo").view is None


def test_settings_that_cannot_be_read_are_a_fault_with_lines(studio, root):
    studio.show()
    config = root / "config.toml"
    config.write_text(config.read_text().replace("[community]", "[community"))
    studio.refresh()
    shown = studio.show()
    assert shown.menu.community == "Cascadia Data Science Lab"
    assert shown.view is not None
    assert shown.faults[0].problem.origin.path == "config.toml"


def test_a_first_start_with_broken_settings_shows_the_fault_alone(tmp_path):
    (tmp_path / "config.toml").write_text("nonsense")
    shown = Studio(tmp_path, AT, environ={}).show()
    assert shown.view is None
    assert shown.faults


def test_a_missing_theme_is_a_fault(studio, root):
    config = root / "config.toml"
    config.write_text(config.read_text().replace('theme = "hours"', 'theme = "ours"'))
    (fault,) = studio.show("weekly").faults
    assert "ours" in fault.problem.text


def test_folders_of_sources_are_watched_and_stay_so_while_nothing_is_open(studio, root):
    config = root / "config.toml"
    config.write_text(config.read_text().replace('path = "content/courses/*.md"', 'path = "classes/2026/*.md"'))
    studio.show()
    watched = studio.watched()
    assert root.resolve() / "classes" in watched[1]
    studio.refresh()
    assert studio.watched() == watched


@pytest.mark.parametrize(
    ("css", "light", "dark"),
    [
        ("@media (prefers-color-scheme:dark){a{}}", "@media (max-width:0px){a{}}", "@media (min-width:0px){a{}}"),
        (
            "@media screen and ( prefers-color-scheme : DARK ) and (min-width:9px){}",
            "@media screen and (max-width:0px) and (min-width:9px){}",
            "@media screen and (min-width:0px) and (min-width:9px){}",
        ),
        ("@media (prefers-color-scheme: light){}", "@media (min-width:0px){}", "@media (max-width:0px){}"),
        (":root{color-scheme:light dark;a:b}", ":root{color-scheme:light;a:b}", ":root{color-scheme:dark;a:b}"),
        (
            '<meta name="color-scheme" content="light dark">',
            '<meta name="color-scheme" content="light">',
            '<meta name="color-scheme" content="dark">',
        ),
        ("<p>I prefer the colour scheme: dark one", "<p>I prefer the colour scheme: dark one", None),
    ],
)
def test_a_scheme_is_chosen_in_the_mails_own_rules(css, light, dark):
    assert in_scheme(css, "light") == light
    assert in_scheme(css, "dark") == (dark or light)
