from pathlib import Path

import pytest
from support_workspace import KEY, Clock, open_at, render, with_issue

from newsletter.app.owning.choosing import choose, look_up_choices
from newsletter.app.sending.planning import plan_issue
from newsletter.app.subscribing import add, leave, look_up_leave, remove, show
from newsletter.app.workspace import Workspace
from newsletter.model.issue import Choices
from newsletter.model.ledger import Baseline, Rendered
from newsletter.people.preferences import PreferencesForm
from newsletter.people.tokens import make_token

MIRA = "mira@example.org"
FORM = PreferencesForm(("weekly",), ("dives",), ("Europe/Berlin",), ("24",))


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path, Clock())


def link(ws: Workspace, purpose: str = "preferences", list_name: str = "community") -> str:
    return make_token(ws.secret, purpose, show(ws, MIRA).subscriber.id, list_name)


def test_what_was_chosen_is_kept_whole_and_the_consent_log_stays_as_it_was(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    add(ws, MIRA, "staff")
    before = show(ws, MIRA)
    done = choose(ws, link(ws), FORM)
    assert done is not None
    assert (done.saved, done.refusals) == (True, ())
    after = show(ws, MIRA)
    assert (after.subscriber.timezone, after.subscriber.clock) == ("Europe/Berlin", 24)
    community, staff = after.subscriptions
    assert (community.digests, community.topics, community.state) == (("weekly",), ("dives",), "active")
    assert community.since == before.subscriptions[0].since
    assert staff == before.subscriptions[1]
    assert after.consents == before.consents


def test_nobody_elses_choices_change(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    add(ws, "noor@example.org", "community")
    noor = show(ws, "noor@example.org")
    choose(ws, link(ws), FORM)
    assert show(ws, "noor@example.org") == noor


def test_a_refused_form_comes_back_as_it_was_sent_and_nothing_is_saved(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    before = show(ws, MIRA)
    sent = PreferencesForm(("monthly",), ("talks",), ("Atlantis",), ("24",))
    answer = choose(ws, link(ws), sent)
    assert answer is not None
    assert (answer.form, answer.saved, [one.field for one in answer.refusals]) == (sent, False, ["timezone"])
    assert show(ws, MIRA) == before


def test_looking_changes_nothing_and_offers_the_way_out(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    before = show(ws, MIRA)
    found = look_up_choices(ws, link(ws))
    assert found is not None
    reads = {"languages": ("",), "densities": ("full",), "formats": ("designed",)}
    reads |= {"pauses": ("",), "places": ("all",)}
    assert found.form == PreferencesForm(("weekly",), ("talks", "dives"), ("America/Los_Angeles",), ("12",), **reads)
    assert show(ws, MIRA) == before
    assert leave(ws, found.leave_token, "page")
    assert show(ws, MIRA).subscriptions[0].state == "left"


def test_a_link_is_good_for_one_thing(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    before = show(ws, MIRA)
    forged = make_token(b"their key", "preferences", before.subscriber.id, "community")
    for token in ("", "abc", forged, link(ws, "leave"), link(ws, list_name="jobs")):
        assert look_up_choices(ws, token) is None
        assert choose(ws, token, FORM) is None
    assert look_up_leave(ws, link(ws)) is None
    assert not leave(ws, link(ws), "one-click")
    assert show(ws, MIRA) == before


def test_who_left_chooses_nothing_more(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    remove(ws, MIRA)
    before = show(ws, MIRA)
    for answer in (look_up_choices(ws, link(ws)), choose(ws, link(ws), FORM)):
        assert answer is not None
        assert (answer.state, answer.form, answer.saved) == ("left", None, False)
    assert show(ws, MIRA) == before


def test_the_link_of_somebody_who_was_erased_is_answered_kindly(ws: Workspace) -> None:
    token = make_token(ws.secret, "preferences", "erased long ago", "community")
    answer = choose(ws, token, FORM)
    assert answer is not None
    assert (answer.state, answer.address, answer.saved) == (None, "", False)


def test_the_next_issue_is_made_for_what_was_chosen(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    choose(ws, link(ws), FORM)
    with_issue(ws)
    asked: list[Choices] = []

    def remember(choices: Choices, baseline: Baseline | None) -> Rendered | None:
        asked.append(choices)
        return render(choices, baseline)

    plan_issue(ws, KEY, remember, ws.clock())
    assert [(one.timezone, one.clock, one.topics) for one in asked] == [("Europe/Berlin", 24, ("dives",))]


def test_a_digest_that_was_unticked_is_not_planned(ws: Workspace) -> None:
    add(ws, MIRA, "community")
    add(ws, "noor@example.org", "community")
    choose(ws, link(ws), PreferencesForm(("monthly",), ("dives",), ("",), ("12",)))
    with_issue(ws)
    assert plan_issue(ws, KEY, render, ws.clock()).planned == 1
