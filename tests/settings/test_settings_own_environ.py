"""Variables that are meant for one community alone."""

from pathlib import Path

import pytest
from support_neighbours import CHOIR, LAB, store_url, write

from newsletter.app.workspace import open_workspace
from newsletter.settings.own_environ import community_in, own_environ

ENVIRON = {
    "PATH": "/bin",
    "NEWSLETTER_SENDGRID_KEY": "for all",
    "NEWSLETTER_SECRET_FILE": "/secret",
    "NEWSLETTER__DATA_LAB__SENDGRID_KEY_FILE": "/lab",
    "NEWSLETTER__DATA_LAB__SECRET": "the lab's",
    "NEWSLETTER__CHOIR__SMTP_PASSWORD": "the choir's",
}


def test_its_own_stand_in_the_place_of_those_for_all_and_nobody_sees_anothers() -> None:
    lab = {"PATH": "/bin", "NEWSLETTER_SENDGRID_KEY_FILE": "/lab", "NEWSLETTER_SECRET": "the lab's"}
    choir = {
        "PATH": "/bin",
        "NEWSLETTER_SENDGRID_KEY": "for all",
        "NEWSLETTER_SECRET_FILE": "/secret",
        "NEWSLETTER_SMTP_PASSWORD": "the choir's",
    }
    assert own_environ(ENVIRON, "data-lab") == lab
    assert own_environ(ENVIRON, "choir") == choir
    assert own_environ(own_environ(ENVIRON, "choir"), "choir") == choir


@pytest.mark.parametrize(
    ("text", "community"),
    [("[community]\nid = 'lab'", "lab"), ("[community]\nid = 3", ""), ("community = 3", ""), ("[", ""), ("", "")],
)
def test_the_community_is_found_before_anything_is_checked(text: str, community: str) -> None:
    assert community_in(text) == community


def test_each_workspace_is_opened_with_its_own(tmp_path: Path) -> None:
    environ = {"NEWSLETTER_SECRET": "for all", "NEWSLETTER__CHOIR__SECRET": "the choir's"}
    lab, choir = (open_workspace(write(tmp_path, one, store_url(tmp_path)), environ) for one in (LAB, CHOIR))
    assert [ws.hash_key for ws in (lab, choir)] == [b"for all", b"the choir's"]
