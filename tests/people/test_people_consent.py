"""The fold over the consent log, and the promise that nobody is brought back but by themselves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from newsletter.model.issue import Choices
from newsletter.model.people import (
    CONSENT_TRANSITIONS,
    Consent,
    ConsentAction,
    Subscription,
    SubscriptionState,
    Wishes,
)
from newsletter.model.workspace import Community, ListSettings
from newsletter.people.audience import choices_for, wants
from newsletter.people.consent import BROUGHT_IN, decide, fold

NOW = datetime(2026, 12, 4, 17, 0, tzinfo=UTC)
ACTIONS: tuple[ConsentAction, ...] = get_args(ConsentAction)
STATES: tuple[SubscriptionState | None, ...] = (None, *get_args(SubscriptionState))
GONE = ("left", "bounced", "complained")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", STATES)
def test_every_decision_is_the_tables(state: SubscriptionState | None, action: ConsentAction) -> None:
    decision = decide(state, action)
    assert decision.state == CONSENT_TRANSITIONS.get((state, action), state)
    assert decision.changed == (decision.state != state)


@pytest.mark.parametrize("action", sorted(BROUGHT_IN))
@pytest.mark.parametrize("state", STATES)
def test_a_suppressed_address_is_brought_in_by_nobody(state: SubscriptionState | None, action: ConsentAction) -> None:
    decision = decide(state, action, suppressed="bounced")
    assert not decision.changed
    assert "bounced" in decision.refusal


@pytest.mark.parametrize("action", sorted(BROUGHT_IN))
@pytest.mark.parametrize("state", GONE)
def test_who_is_gone_is_not_brought_back_and_the_reason_is_said(
    state: SubscriptionState, action: ConsentAction
) -> None:
    decision = decide(state, action)
    assert (decision.state, decision.changed) == (state, False)
    assert decision.refusal


def test_the_log_of_one_list_says_nothing_of_another() -> None:
    lines = [Consent("f00d", "community", "added", NOW, "test"), Consent("f00d", "staff", "left", NOW, "test")]
    assert fold(lines, "community") == "active"
    assert fold(lines, "staff") == "left"
    assert fold([], "community") is None


class ConsentMachine(RuleBasedStateMachine):
    """Anything may happen to one membership, in any order; the log alone must tell where it stands."""

    def __init__(self) -> None:
        super().__init__()
        self.state: SubscriptionState | None = None
        self.log: list[Consent] = []
        self.gone_since: int | None = None

    @rule(action=st.sampled_from(ACTIONS), suppressed=st.sampled_from(["", "complained"]))
    def happens(self, action: ConsentAction, suppressed: str) -> None:
        decision = decide(self.state, action, suppressed=suppressed)
        if decision.changed:
            at = NOW + timedelta(minutes=len(self.log))
            self.log.append(Consent("f00d", "community", action, at, "test"))
        self.state = decision.state

    @invariant()
    def the_log_tells_the_state(self) -> None:
        assert fold(self.log, "community") == self.state

    @invariant()
    def only_their_own_word_brings_somebody_back(self) -> None:
        actions = [line.action for line in self.log]
        ended = [
            place for place, action in enumerate(actions) if action in ("left", "removed", "bounced", "complained")
        ]
        if self.state == "active" and ended:
            assert "confirmed" in actions[ended[-1] :]

    @invariant()
    def who_complained_is_never_written_to_again(self) -> None:
        if any(line.action == "complained" for line in self.log):
            assert self.state == "complained"


TestConsentMachine = ConsentMachine.TestCase
TestConsentMachine.settings = settings(max_examples=200, stateful_step_count=20, deadline=None)

LAB = Community(id="lab", name="Lab", timezone="America/Los_Angeles", postal_address="1 Shore Avenue")
LIST = ListSettings(title="Common Hours", digests=("weekly", "monthly"), topics=("talks", "dives"))


WEEKLY = ("weekly",)


def test_equal_wishes_are_equal_choices() -> None:
    one = choices_for(Wishes(WEEKLY, ("dives", "talks")), LAB, LIST)
    other = choices_for(Wishes(WEEKLY, ("talks", "dives", "no longer offered")), LAB, LIST)
    assert one == other == Choices("America/Los_Angeles", topics=("talks", "dives"))


def test_all_topics_and_no_topic_stay_what_they_are() -> None:
    wishes = Wishes(WEEKLY, timezone="Europe/Berlin", clock=24)
    assert choices_for(wishes, LAB, LIST) == Choices("Europe/Berlin", topics=None, clock=24)
    assert choices_for(replace(wishes, topics=()), LAB, LIST).topics == ()


@pytest.mark.parametrize(
    ("own", "community", "told"),
    [("", "en", "en"), ("", "de", "de"), ("ja", "de", "ja"), ("de-AT", "en", "de-AT"), ("tlh", "de", "de")],
)
def test_who_named_no_language_we_have_reads_in_the_communitys(own: str, community: str, told: str) -> None:
    lab = LAB.model_copy(update={"language": community})
    assert choices_for(Wishes(WEEKLY, language=own), lab, LIST).language == told


@pytest.mark.parametrize("state", get_args(SubscriptionState))
def test_a_digest_goes_to_active_members_who_chose_it(state: SubscriptionState) -> None:
    member = Subscription("s1", "community", WEEKLY, None, state)
    assert wants(member, "weekly") == (state == "active")
    assert not wants(member, "monthly")
