"""A mail that is passed on tells its new reader where to subscribe, and nowhere else does it offer anything new."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from newsletter.app.drafting import preview_draft
from newsletter.app.sample import init_workspace
from newsletter.app.timing import read_at
from newsletter.app.workspace import Workspace, open_workspace, with_settings
from newsletter.compose.issue import compose
from newsletter.model.issue import Choices
from newsletter.model.mail import fill_text
from newsletter.render.edition import render

pytestmark = pytest.mark.no_cover  # other tests cover its lines

HERE = "https://news.example.org/subscribe"


@cache
def sample() -> Workspace:
    root = Path(mkdtemp(prefix="forwarding-"))
    init_workspace(root)
    return open_workspace(root, environ={})


def parts(ws: Workspace, theme: str = "hours", language: str = "en", *, shared: bool = False) -> tuple[str, str]:
    """Both parts of the weekly mail."""
    weekly = ws.settings.digests["weekly"].model_copy(update={"theme": theme})
    ws = with_settings(ws, digests={**ws.settings.digests, "weekly": weekly})
    draft = preview_draft(ws, "weekly", read_at(ws, "2026-12-04"))
    edition = render(compose(draft, Choices("America/Los_Angeles", language=language, shared=shared)), draft)
    values = dict.fromkeys(("unsubscribe_url", "preferences_url", "web_url", "action_url", "name", "address"), "x:")
    return fill_text(edition.html, values), fill_text(edition.text, values)


def with_list(**changes: object) -> Workspace:
    ws = sample()
    own = ws.settings.lists["community"].model_copy(update=changes)
    return with_settings(ws, lists={**ws.settings.lists, "community": own})


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("theme", ["hours", "letter"])
def test_both_parts_of_every_theme_say_where_to_subscribe(theme: str, language: str) -> None:
    html, text = parts(sample(), theme, language)
    assert f'href="{HERE}"' in html
    assert HERE in text.split("\n-- \n")[1].split()


def test_a_list_that_nobody_may_join_offers_nothing() -> None:
    for part in parts(with_list(sign_up=False)):
        assert "/subscribe" not in part
    for part in parts(with_list(address="all@lists.example.org", leave_url="https://lists.example.org/leave")):
        assert "/subscribe" not in part


def test_a_machine_that_nobody_else_can_reach_is_not_named() -> None:
    ws = sample()
    home = ws.settings.web.model_copy(update={"base_url": "http://127.0.0.1:8025"})
    assert "/subscribe" not in "".join(parts(with_settings(ws, web=home)))


def test_where_there_are_more_lists_the_link_names_its_own() -> None:
    ws = sample()
    lists = {"other": ws.settings.lists["community"], **ws.settings.lists}
    assert f'href="{HERE}?list=community"' in parts(with_settings(ws, lists=lists))[0]


def test_the_workspace_may_send_people_elsewhere() -> None:
    ws = sample()
    web = ws.settings.web.model_copy(update={"subscribe_url": "https://data.example.org/join"})
    html, text = parts(with_settings(ws, web=web))
    assert 'href="https://data.example.org/join"' in html
    assert "https://data.example.org/join" in text
