"""In whatever order people subscribe, confirm, leave, bounce, complain, are erased and imported: nobody who went is
mailed again before they themselves confirm anew.
"""

import itertools
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from support_workspace import Clock, open_at, render, with_issue

from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.joining.asking import answer_requests, request
from newsletter.app.joining.confirming import confirm
from newsletter.app.owning.changing_address import change_address
from newsletter.app.owning.erasing import erase
from newsletter.app.owning.leaving import leave
from newsletter.app.sending.addressing import CONFIRM
from newsletter.app.sending.planning import SendRefused, plan_issue
from newsletter.app.sending.pump import pump
from newsletter.app.sending.reports import apply_notices
from newsletter.app.subscribing import SubscriberError, add, listing, remove, suppress
from newsletter.model.delivery import Batch, Notice, Receipt, receipts_for_all
from newsletter.model.joining import Wish
from newsletter.people.tokens import make_token
from newsletter.store.joining_tables import service_mail

ADDRESSES = ("ada@example.org", "grace@example.org")
address = st.sampled_from(ADDRESSES)


class Road:
    """A provider that takes everything and keeps which delivery went to whom."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def submit(self, batch: Batch) -> tuple[Receipt, ...]:
        self.sent += [(row.address, row.delivery_id) for row in batch.rows]
        return receipts_for_all(batch, "accepted", "")

    def close(self) -> None:
        pass


class Consent(RuleBasedStateMachine):
    """`gone` holds who may not be mailed, and why, until they confirm; it is kept from outside of the program."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="consent-"))
        self.clock = Clock()
        self.ws = open_at(self.root, self.clock)
        self.gone: dict[str, str] = {}
        self.forever: set[str] = set()
        self.links: dict[str, set[str]] = {one: set() for one in ADDRESSES}
        self.leave_links: dict[str, set[str]] = {one: set() for one in ADDRESSES}
        self.had: dict[str, list[tuple[str, str | None]]] = {one: [] for one in ADDRESSES}
        self.numbers = itertools.count(1)

    def teardown(self) -> None:
        self.ws.store.close()
        shutil.rmtree(self.root)

    def person(self, one: str) -> str | None:
        return next((person.id for person, _ in listing(self.ws) if person.address == one), None)

    def goes(self, one: str, why: str) -> None:
        """From now on nobody else may bring them back."""
        self.gone[one] = why

    @initialize()
    def begin(self) -> None:
        self.ws.clock()

    @rule()
    def a_day_passes(self) -> None:
        self.clock.now += timedelta(days=1)

    @rule(one=address)
    def somebody_types_the_address_into_the_form(self, one: str) -> None:
        self.clock.now += timedelta(hours=9)
        request(self.ws, Wish("community", one, one, digests=("weekly",)), "203.0.113.7")
        answer_requests(self.ws)
        with self.ws.store.read() as connection:
            mails = sa.select(service_mail).where(service_mail.c.name == "confirm").order_by(service_mail.c.id)
            found = [(row["subscriber_id"], row["scope"]) for row in connection.execute(mails).mappings()]
        person = self.person(one)
        self.links[one] |= {make_token(self.ws.secret, CONFIRM, who, scope) for who, scope in found if who == person}

    @rule(one=address, data=st.data())
    def the_owner_confirms_by_any_link_they_ever_got(self, one: str, data: st.DataObject) -> None:
        if self.links[one]:
            confirm(self.ws, data.draw(st.sampled_from(sorted(self.links[one]))), "198.51.100.1")
            if one not in self.forever:
                self.gone.pop(one, None)

    @rule(one=address, data=st.data())
    def the_owner_leaves_by_any_link_they_ever_got(self, one: str, data: st.DataObject) -> None:
        person = self.person(one)
        if person is not None:
            self.leave_links[one].add(make_token(self.ws.secret, "leave", person, "community"))
        if self.leave_links[one]:
            token = data.draw(st.sampled_from(sorted(self.leave_links[one])))
            leave(self.ws, token, "one-click")
            if person is not None and token == make_token(self.ws.secret, "leave", person, "community"):
                self.goes(one, "left")

    @rule(one=address, data=st.data(), kind=st.sampled_from(("bounced", "complained", "unsubscribed")))
    def the_provider_reports_any_mail_they_ever_got(self, one: str, data: st.DataObject, kind: str) -> None:
        if not self.had[one]:
            return
        delivery, owner = data.draw(st.sampled_from(self.had[one]))
        apply_notices(self.ws, [Notice(delivery, kind, self.clock(), detail=f"about <{one}>")])  # type: ignore[arg-type]  # of the words
        if owner is None or owner != self.person(one):
            return  # of somebody who was erased since: nothing leads from the ledger to an address
        if kind == "complained":
            self.forever.add(one)
        if kind == "complained" or self.state_of(one) != "active":
            self.gone.setdefault(one, kind)

    def state_of(self, one: str) -> str | None:
        return {person.address: mine.state for person, mine in listing(self.ws)}.get(one)

    @rule(one=address)
    def an_operator_takes_them_off(self, one: str) -> None:
        if self.person(one) is not None:
            remove(self.ws, one, reason=f"asked by {one}")
            self.goes(one, "removed")

    @rule(one=address)
    def an_operator_suppresses_them(self, one: str) -> None:
        suppress(self.ws, one)
        self.goes(one, "suppressed")
        self.forever.add(one)

    @rule(one=address)
    def they_are_erased(self, one: str) -> None:
        erase(self.ws, one)
        self.goes(one, "erased")
        assert not any(one.encode() in file.read_bytes().lower() for file in self.root.rglob("*.db*"))

    @rule(one=address)
    def an_operator_adds_them(self, one: str) -> None:
        add(self.ws, one, "community")

    @rule(state=st.sampled_from(("", "active", "left")))
    def everybody_is_imported_again(self, state: str) -> None:
        rows = [f"{one},{state}" for one in (*ADDRESSES, ADDRESSES[0].upper())]
        import_bytes(self.ws, "\n".join(("email,state", *rows)).encode(), "people.csv", "community")
        if state == "left":
            for one in ADDRESSES:
                self.may_have_left(one)

    def may_have_left(self, one: str) -> None:
        """Whether a file's word that somebody left is taken is the import's to decide; then it binds."""
        if self.state_of(one) == "left":
            self.gone.setdefault(one, "left elsewhere")

    @rule(one=address)
    def an_operator_moves_them_to_the_other_address_and_back(self, one: str) -> None:
        elsewhere = "on.the.road@example.net" if one == ADDRESSES[0] else "at.sea@example.net"
        try:
            change_address(self.ws, one, elsewhere, reason="a trip")
            change_address(self.ws, elsewhere, one, reason="and back")
        except SubscriberError:
            pass

    @rule()
    def an_issue_goes_out(self) -> None:
        key = f"weekly-{next(self.numbers):04}-01-01"
        road = Road()
        self.clock.now += timedelta(hours=1)
        with_issue(self.ws, key)
        try:
            plan_issue(self.ws, key, render, self.clock())
        except SendRefused:
            return  # nobody would get it
        pump(self.ws, road, key, self.clock, batch=10, worker_id="w")
        mailed = [one for one, _ in road.sent]
        assert {one: why for one, why in self.gone.items() if one in mailed} == {}
        assert len(mailed) == len(set(mailed))
        for one, delivery in road.sent:
            if one in self.had:
                self.had[one].append((delivery, self.person(one)))

    @invariant()
    def nobody_has_two_rows(self) -> None:
        addresses = [person.address for person, _ in listing(self.ws)]
        assert len(addresses) == len(set(addresses))


FAST = settings(max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=200, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck))


class TestConsent(Consent.TestCase):  # type: ignore[misc,name-defined]  # made by Hypothesis
    settings = FAST


@pytest.mark.slow
class TestConsentLong(Consent.TestCase):  # type: ignore[misc,name-defined]  # made by Hypothesis
    settings = LONG
