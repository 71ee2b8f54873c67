"""Sessions and links of those who sign in, at one workspace."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from support_workspace import Clock, open_at

from newsletter.app.signing_in.desk import SignIn
from newsletter.app.signing_in.people import people_of
from newsletter.app.signing_in.sessions import new_link, sign_in, sign_out, visitor_with
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.signing_in import SignInSettings

ED, OLGA = "ed@example.org", "olga@example.org"


def workspace(root: Path, **settings: str) -> Workspace:
    named = {"editors": (ED,), "operators": (OLGA, "Ed@Example.ORG")}
    return with_settings(open_at(root, Clock()), sign_in=SignInSettings.model_validate({**named, **settings}))


def entered(ws: Workspace, address: str = ED) -> str:
    cookie = sign_in(ws, new_link(ws, people_of(ws)[address], ws.clock()))
    assert cookie
    return cookie


def test_one_person_has_all_roles_that_their_address_is_named_for(tmp_path: Path) -> None:
    found = people_of(workspace(tmp_path))
    assert {key: sorted(one.roles) for key, one in found.items()} == {ED: ["editor", "operator"], OLGA: ["operator"]}


@pytest.mark.parametrize(
    ("settings", "alone", "busy"),
    [
        ({"idle": "30 minutes", "lasts": "2 hours"}, timedelta(minutes=30), timedelta(hours=2)),
        ({"idle": "3 days", "lasts": "4 weeks"}, timedelta(days=3), timedelta(weeks=4)),
    ],
)
def test_how_long_a_session_lasts_is_the_workspaces(
    tmp_path: Path, settings: dict[str, str], alone: timedelta, busy: timedelta
) -> None:
    ws = workspace(tmp_path, **settings)
    start, cookie = ws.clock(), entered(ws)
    assert seen(ws, cookie, start + alone - timedelta(seconds=1))
    assert not seen(ws, cookie, start + 2 * alone)
    cookie, begun = entered(ws), ws.clock()
    moment = begun
    while moment < begun + busy - alone / 2:
        assert seen(ws, cookie, moment)
        moment += alone / 2
    assert seen(ws, cookie, begun + busy - timedelta(seconds=1))
    assert not seen(ws, cookie, begun + busy)
    assert SignIn(ws).lasts == busy.total_seconds()


def seen(ws: Workspace, cookie: str, at: object) -> bool:
    ws.clock.now = at
    return visitor_with(ws, cookie) is not None


def test_a_session_is_its_own_communitys(tmp_path: Path) -> None:
    ws = workspace(tmp_path)
    cookie, link = entered(ws), new_link(ws, people_of(ws)[ED], ws.clock())
    other = with_settings(ws, community=ws.settings.community.model_copy(update={"id": "other"}))
    assert (visitor_with(other, cookie), sign_in(other, link)) == (None, None)
    visitor = visitor_with(ws, cookie)
    assert visitor is not None
    sign_out(other, visitor, everywhere=True)
    assert visitor_with(ws, cookie) == visitor
    assert sign_in(ws, link)


def test_nobodys_session_ends_with_another_persons(tmp_path: Path) -> None:
    ws = workspace(tmp_path)
    mine, theirs = entered(ws), entered(ws, OLGA)
    visitor = visitor_with(ws, mine)
    assert visitor is not None
    sign_out(ws, visitor, everywhere=True)
    assert (visitor_with(ws, mine), visitor_with(ws, theirs) is None) == (None, False)


def test_a_road_that_is_closed_keeps_no_other_link_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ws = workspace(tmp_path)
    closed = ws.settings.provider.model_copy(update={"kind": "smtp", "host": "127.0.0.1", "port": 1, "timeout": 0.2})
    desk = SignIn(replace(ws, settings=ws.settings.model_copy(update={"provider": closed})))
    assert desk.mails.ask(ED, "127.0.0.1")
    desk.mails.beat()
    assert "link to sign in" in caplog.text
    assert ED not in caplog.text
    assert "/sign-in/" not in caplog.text


def test_a_link_that_is_not_mailed_because_the_program_ends_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ws = workspace(tmp_path)
    desk = SignIn(ws)
    assert desk.mails.ask(ED, "127.0.0.1")
    assert ws.hands.lay_down()
    desk.mails.close()
    assert "a link to sign in could not be mailed" in caplog.text
    assert ED not in caplog.text
