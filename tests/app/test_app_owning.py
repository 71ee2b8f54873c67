"""Readers' own data behind freshly mailed links: taken along, erased, moved to another address, each link once."""

import json
import re
from datetime import timedelta

import pytest
from support_mailings import Clock

from newsletter.app.owning.data import FORMAT
from newsletter.app.owning.fresh_links import (
    ask_new_address,
    confirm_new_address,
    erase_own,
    forget_links,
    look_up_new_address,
    look_up_own,
    mail_link,
    take_data,
)
from newsletter.app.sending.addressing import PREFERENCES
from newsletter.app.service_mails import post_service_mails
from newsletter.app.subscribing import SubscriberError, add, listing, show, suppress
from newsletter.app.workspace import Workspace
from newsletter.people.fresh import ADDRESS, MINE, fresh_scope
from newsletter.people.tokens import make_token

ADA, GRACE, NEW = "ada@mail.example.org", "grace@mail.example.org", "ada.l@home.example.org"


def fresh(ws: Workspace, person: str) -> str:
    return make_token(ws.secret, MINE, person, fresh_scope("community", ws.clock()))


def mailed(ws: Workspace, address: str) -> list[str]:
    """The links of the service mails to an address, oldest first."""
    post_service_mails(ws)
    found = []
    for file in sorted((ws.root / "outbox").rglob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name)):
        text = file.read_bytes().replace(b"=\r\n", b"").replace(b"=3D", b"=").decode()
        if re.search(rf"^To: {re.escape(address)}\r$", text, re.MULTILINE):
            found += re.findall(r"https://[^/]+/(?:mine|address)/([A-Za-z0-9_-]+)", text)[:1] or [""]
    return found


def test_check_54_own_data_is_complete_only_ones_own_and_behind_a_link_of_a_day(
    ws: Workspace, ada: str, clock: Clock
) -> None:
    add(ws, GRACE, "community", name="Grace")
    mail_link(ws, ada, "community")
    (token,) = mailed(ws, ADA)
    data = take_data(ws, token)
    assert data is not None
    document = json.loads(data)
    assert document["format"] == FORMAT
    assert (document["subscriber"]["address"], document["subscriber"]["name"]) == (ADA, "Ada")
    assert [one["list"] for one in document["subscriptions"]] == ["community"]
    assert [(one["action"], one["at"]) for one in document["consents"]] == [("added", "2026-12-04T17:00:00+00:00")]
    assert [(one["kind"], one["state"]) for one in document["deliveries"]] == [("service", "accepted")]
    assert document["deliveries"][0]["events"]
    assert [one["name"] for one in document["service_mails"]] == ["own_data"]
    assert b"grace" not in data.lower()
    assert take_data(ws, token) is None, "each link once"
    clock.sleep(timedelta(hours=24).total_seconds())
    later = fresh(ws, ada)
    clock.sleep(timedelta(hours=24).total_seconds() - 1)
    own = look_up_own(ws, later)
    assert own is not None
    assert own.open
    clock.sleep(1)
    assert take_data(ws, later) is None, "a day and no longer"


def test_no_link_of_a_digest_opens_ones_data_and_looking_uses_nothing_up(ws: Workspace, ada: str) -> None:
    forwarded = make_token(ws.secret, PREFERENCES, ada, "community")
    assert (look_up_own(ws, forwarded), take_data(ws, forwarded), erase_own(ws, forwarded)) == (None, None, False)
    assert ask_new_address(ws, forwarded, NEW) is None
    token = fresh(ws, ada)
    for _ in range(3):
        own = look_up_own(ws, token)
        assert own is not None
        assert own.used == frozenset()
    assert take_data(ws, token) is not None


def test_a_link_is_mailed_once_in_a_while_whoever_asks_and_to_nobody_who_is_gone(
    ws: Workspace, ada: str, clock: Clock
) -> None:
    for _ in range(5):
        mail_link(ws, ada, "community")
        clock.sleep(60)
    assert len(mailed(ws, ADA)) == 1
    clock.sleep(15 * 60)
    mail_link(ws, ada, "community")
    assert len(mailed(ws, ADA)) == 2
    mail_link(ws, "nobody", "community")
    assert post_service_mails(ws) == 0


def test_erasing_takes_the_link_once_and_leaves_nobody(ws: Workspace, ada: str) -> None:
    token = fresh(ws, ada)
    assert erase_own(ws, token)
    assert listing(ws) == ()
    with pytest.raises(SubscriberError, match="nobody"):
        show(ws, ADA)
    assert not erase_own(ws, token)
    own = look_up_own(ws, token)
    assert own is not None
    assert (own.open, own.person) == (False, None)
    assert add(ws, ADA, "community").refusal == "the address is suppressed (erased)"


def test_another_address_counts_once_its_owner_confirms_it_and_the_old_one_is_told(ws: Workspace, ada: str) -> None:
    assert ask_new_address(ws, fresh(ws, ada), NEW) == ""
    assert show(ws, ADA).subscriber.address == ADA
    (token,) = mailed(ws, NEW)
    page = look_up_new_address(ws, token)
    assert page is not None
    assert (page.address, page.open, page.now) == (NEW, True, False)
    assert show(ws, ADA).subscriber.address == ADA, "a look changes nothing"
    for _ in range(2):
        done = confirm_new_address(ws, token)
        assert done is not None
        assert (done.address, done.now) == (NEW, True)
    person = show(ws, NEW)
    assert (person.subscriber.id, person.subscriptions[0].state) == (ada, "active")
    assert [(line.action, line.how) for line in person.consents] == [("added", "command line"), ("moved", "page")]
    assert mailed(ws, ADA) == [""], "told, and without a link"
    with pytest.raises(SubscriberError, match="nobody"):
        show(ws, ADA)


def test_only_the_newest_wish_for_an_address_counts_and_for_a_week(ws: Workspace, ada: str, clock: Clock) -> None:
    assert ask_new_address(ws, fresh(ws, ada), "typo@home.example.org") == ""
    assert ask_new_address(ws, fresh(ws, ada), NEW) == ""
    (first,), (second,) = mailed(ws, "typo@home.example.org"), mailed(ws, NEW)
    old = confirm_new_address(ws, first)
    assert old is not None
    assert (old.open, old.now) == (False, False)
    clock.sleep(timedelta(days=7).total_seconds())
    clock.sleep(1)
    late = confirm_new_address(ws, second)
    assert late is not None
    assert (late.now, show(ws, ADA).subscriber.address) == (False, ADA)
    assert forget_links(ws) > 0


@pytest.mark.parametrize("theirs", [GRACE, "dead@mail.example.org"])
def test_whether_an_address_is_taken_or_suppressed_is_not_told_and_no_mail_goes_there(
    ws: Workspace, ada: str, theirs: str
) -> None:
    add(ws, GRACE, "community")
    suppress(ws, "dead@mail.example.org")
    assert ask_new_address(ws, fresh(ws, ada), theirs) == ""
    assert mailed(ws, theirs) == []


def test_an_address_that_is_taken_meanwhile_is_not_taken_away(ws: Workspace, ada: str) -> None:
    assert ask_new_address(ws, fresh(ws, ada), NEW) == ""
    (token,) = mailed(ws, NEW)
    add(ws, NEW, "community")
    done = confirm_new_address(ws, token)
    assert done is not None
    assert (done.now, show(ws, ADA).subscriber.id, show(ws, NEW).subscriber.id == ada) == (False, ada, False)


def test_nonsense_uses_nothing_up_and_three_addresses_use_the_link_up(ws: Workspace, ada: str) -> None:
    token = fresh(ws, ada)
    nonsense = ("", "ada", "ada@", "a b@example.org", "x" * 300 + "@example.org", "ada@example.org\r\nBcc: eve@x.org")
    for typed in nonsense:
        assert "no address" in (ask_new_address(ws, token, typed) or "")
    assert "already" in (ask_new_address(ws, token, ADA) or "")
    answers = [ask_new_address(ws, token, f"ada{number}@home.example.org") for number in range(4)]
    assert answers == ["", "", "", None]


def test_a_confirmation_link_is_bound_to_its_address_and_its_purpose(ws: Workspace, ada: str) -> None:
    ask_new_address(ws, fresh(ws, ada), NEW)
    scope = fresh_scope("community", ws.clock(), "0" * 32)
    for wrong in (
        make_token(ws.secret, ADDRESS, ada, scope),
        make_token(ws.secret, ADDRESS, ada, "community"),
        make_token(ws.secret, ADDRESS, "nobody", scope),
    ):
        page = confirm_new_address(ws, wrong)
        assert page is not None
        assert not page.now
    assert confirm_new_address(ws, fresh(ws, ada)) is None
    assert show(ws, ADA).subscriber.address == ADA
