"""Roles: one table says which role may do what, and everything that can be sent in asks it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from support_loopback import ask
from support_signin import BOTH, ED, FORM, OLGA, SESSION, Hosted, hosted
from support_workspace import KEY, render, with_issue, with_readers

from newsletter.app.accounting.actors import signed_in
from newsletter.app.accounting.deeds import RoleRefused, note
from newsletter.app.accounting.looking import Wanted, deeds_of, verify
from newsletter.app.operator.acts import act as operate
from newsletter.app.sample import init_workspace
from newsletter.app.sending.pump import plan_issue, status
from newsletter.app.signing_in.people import people_of
from newsletter.app.studio.acting import ACTS
from newsletter.app.studio.desk import Studio
from newsletter.app.workspace import Workspace, acting
from newsletter.model.deeds import DEEDS, Actor, Deed, allows, may
from newsletter.model.signing_in import ROLES, Role

EDITOR, OPERATOR = Actor("person", "ed", ("editor",)), Actor("person", "olga", ("operator",))
#: Every address of the hosted pages that takes a form, and the role that it asks for; empty: whoever is asked.
TAKES_FORMS: Mapping[str, Role | str] = {
    "/sign-in": "",
    "/sign-in/{token}": "",
    "/sign-out": "",
    "/studio/act": "editor",
    "/operator/act": "operator",
    "/operator/reload": "operator",
    "/operator/people": "operator",
    "/operator/deliveries/{id}": "operator",
    "/operator/issues/{key}/deliveries": "operator",
}
OPERATORS: Mapping[str, Deed] = {"pause": "paused", "resume": "resumed", "stop": "stopped"}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Hosted]:
    with hosted(tmp_path) as running:
        yield running


def taking(app: object, below: str = "") -> Iterator[str]:
    """The paths that take a POST, through mounts and gates."""
    for route in getattr(app, "routes", ()):
        if isinstance(route, Mount):
            yield from taking(route.app, below + route.path)
        elif isinstance(route, Route) and isinstance(route.app, Starlette):
            yield from (path for path in taking(route.app, below) if path == below + route.path)
        elif isinstance(route, Route) and "POST" in (route.methods or ()):
            yield below + route.path


def signed(ws: Workspace, address: str) -> Workspace:
    return acting(ws, signed_in(people_of(ws)[address]))


def test_the_hosted_pages_take_forms_where_this_table_says_and_nowhere_else(lab: Hosted) -> None:
    assert set(taking(lab.app)) == set(TAKES_FORMS)


@pytest.mark.parametrize(("address", "role"), [(ED, "editor"), (OLGA, "operator")])
def test_whoever_lacks_the_role_sends_in_nothing(lab: Hosted, address: str, role: Role) -> None:
    jar = lab.signed_in(address)
    headers = {"Content-Type": FORM, "Origin": lab.server.url, "Cookie": f"{SESSION}={jar.cookies[SESSION]}"}
    for path, needed in TAKES_FORMS.items():
        if needed not in ("", role):
            there = path.format(id="x", key=KEY)
            assert ask(lab.server, "POST", there, "", headers)[0].status == 403, there
            assert ask(lab.server, "POST", there, "", {**headers, "Cookie": ""})[0].status == 401, there
    assert lab.studio.done == []


def test_each_act_of_the_studio_is_a_deed_that_editors_may_do_and_operators_may_not(tmp_path: Path) -> None:
    assert all(may("editor", one.deed) for one in ACTS.values())
    init_workspace(tmp_path / "lab")
    studio = Studio(tmp_path / "lab", "2026-12-01T09:00", environ={})
    try:
        for what in ACTS:
            said = studio.act(what, "weekly", "seattle", 0, {"address": "me@example.org"}, OPERATOR)
            assert (said.well, said.text) == (False, "Your role does not allow that."), what
        assert studio.act("draft", "weekly", "seattle", 0, {}, EDITOR).well
    finally:
        studio.close()


def test_each_act_of_the_operators_page_is_refused_to_an_editor_and_changes_nothing(lab: Hosted) -> None:
    with_readers(lab.ws, 3)
    with_issue(lab.ws)
    plan_issue(lab.ws, KEY, render, lab.clock())
    before = status(lab.ws, KEY)
    for what, deed in OPERATORS.items():
        said = operate(signed(lab.ws, ED), what, KEY, "ed")
        assert (said.well, allows(EDITOR, deed)) == (False, False), what
    assert status(lab.ws, KEY) == before
    for what in ("pause", "resume", "stop"):
        assert operate(signed(lab.ws, BOTH), what, KEY, "both").well
    done = [(one.who, one.line.deed) for one in deeds_of(lab.ws, Wanted(subject=KEY))]
    assert done == [("newsletter", "sent"), (BOTH, "paused"), (BOTH, "resumed"), (BOTH, "stopped")]
    assert verify(lab.ws).broken is None


def test_a_deed_is_refused_to_whoever_may_not_and_nothing_of_its_transaction_stays(lab: Hosted) -> None:
    def by_both() -> None:
        with lab.ws.store.begin() as connection:
            for address in (OLGA, ED):
                note(connection, signed(lab.ws, address), "paused", KEY)

    with pytest.raises(RoleRefused, match="operator"):
        by_both()
    assert deeds_of(lab.ws) == ()


@pytest.mark.parametrize("role", ROLES)
def test_what_has_no_role_is_done_at_the_command_line_alone(role: Role) -> None:
    mine = Actor("person", "f00d", (role,))
    for deed, rule in DEEDS.items():
        assert allows(mine, deed) == (role in rule.roles)
        assert allows(Actor("command line", "olga"), deed)
        assert not allows(replace(mine, roles=()), deed)


def test_sign_ins_are_told_from_their_own_log_and_by_address_while_somebody_is_named(lab: Hosted) -> None:
    lab.signed_in(ED)
    assert [(one.who, one.line.deed, one.line.number) for one in deeds_of(lab.ws)] == [(ED, "signed in", 0)]
    unnamed = lab.ws.settings.model_copy(
        update={"sign_in": lab.ws.settings.sign_in.model_copy(update={"editors": ()})}
    )
    (one,) = deeds_of(replace(lab.ws, settings=unnamed))
    assert "@" not in one.who
