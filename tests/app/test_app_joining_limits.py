"""How often people may ask for a mail: the workspace's own limits, held by one statement of the store."""

import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from support_workspace import Clock, open_at

from newsletter.app.joining.asking import request
from newsletter.app.joining.limits import Verdict
from newsletter.app.owning.leaving import leave
from newsletter.app.subscribing import add
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.joining import Limit, Wish
from newsletter.people.tokens import make_token
from newsletter.store import limits, service_mails, signups


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path, Clock())


def asks(ws: Workspace, name: str = "ada", host: str = "198.51.100.7", after: timedelta = timedelta(0)) -> Verdict:
    assert isinstance(ws.clock, Clock)
    ws.clock.now += after
    return request(ws, Wish("community", f"{name}@example.org", f"{name}@example.org", ("weekly",)), host)


def limited(ws: Workspace, **changes: int) -> Workspace:
    return with_settings(ws, joining=ws.settings.joining.model_copy(update=changes))


def test_an_address_waits_as_many_minutes_as_the_workspace_says(ws: Workspace) -> None:
    ws = limited(ws, minutes_apart=5)
    assert [asks(ws), asks(ws, after=timedelta(minutes=4)), asks(ws, after=timedelta(minutes=1))] == [
        "free", "again", "free",
    ]  # fmt: skip


def test_an_address_is_mailed_as_often_a_day_as_the_workspace_says(ws: Workspace) -> None:
    ws = limited(ws, a_day=1)
    assert [asks(ws), asks(ws, after=timedelta(hours=23)), asks(ws, after=timedelta(hours=1))] == [
        "free", "again", "free",
    ]  # fmt: skip


def test_the_day_of_an_address_does_not_shorten_its_wait(ws: Workspace) -> None:
    assert asks(ws) == "free"
    assert asks(ws, after=timedelta(hours=23, minutes=59)) == "free"
    assert asks(ws, after=timedelta(minutes=2)) == "again"


def test_a_network_asks_as_often_an_hour_as_the_workspace_says(ws: Workspace) -> None:
    ws = limited(ws, per_network=2)
    same = [asks(ws, f"reader{n}", f"198.51.100.{n}") for n in range(3)]
    assert (same, asks(ws, "else", "198.51.101.1")) == (["free", "free", "network"], "free")
    assert asks(ws, "later", "198.51.100.9", timedelta(hours=1)) == "free"


def test_an_ipv6_network_is_one_customers(ws: Workspace) -> None:
    ws = limited(ws, per_network=1)
    assert asks(ws, "a", "2001:db8:1:2::1") == "free"
    assert asks(ws, "b", "2001:db8:1:2:ffff::9") == "network"
    assert asks(ws, "c", "2001:db8:1:3::1") == "free"


def test_everybody_together_asks_as_often_an_hour_as_the_workspace_says(ws: Workspace) -> None:
    ws = limited(ws, per_hour=2)
    verdicts = [asks(ws, f"reader{n}", f"198.51.{n}.7") for n in range(3)]
    assert verdicts == ["free", "free", "everybody"]
    assert asks(ws, "reader0", "198.51.9.7") == "everybody", "an address of just now is told the same"


def test_asking_for_one_address_again_and_again_takes_nobodys_place(ws: Workspace) -> None:
    ws = limited(ws, per_hour=2)
    assert Counter(asks(ws, "ada", f"198.51.{n}.7") for n in range(50)) == {"free": 1, "again": 49}
    assert asks(ws, "bo", "203.0.113.1") == "free"


def test_addresses_that_are_read_in_one_mailbox_share_its_limit(ws: Workspace) -> None:
    assert [asks(ws, f"victim+{n}") for n in range(3)] == ["free", "again", "again"]
    assert [asks(ws, "victim"), asks(ws, "+n"), asks(ws, "other+1")] == ["again", "free", "free"]


def test_requests_at_the_same_moment_do_not_pass_on_one_place(ws: Workspace) -> None:
    limit, passed = Limit("address", 3, 86400.0, spacing=900.0), []

    def ask() -> None:
        with ws.store.begin() as connection:
            passed.append(limits.take(connection, "data-lab", limit, "who", ws.clock()))

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 1


def test_what_is_taken_down_holds_no_network_and_is_looked_up_by_nobody(ws: Workspace) -> None:
    asks(ws)
    with ws.store.read() as connection:
        [one] = signups.in_state(connection, "data-lab", "new", 9)
    assert len(one.network) == 64
    assert one.wish.address == "ada@example.org"


@pytest.mark.parametrize("goodbye", [True, False])
def test_who_leaves_is_told_so_where_the_list_says_so(ws: Workspace, goodbye: bool) -> None:
    own = ws.settings.lists["community"].model_copy(update={"goodbye": goodbye})
    ws = with_settings(ws, lists={**ws.settings.lists, "community": own})
    person = add(ws, "ada@example.org", "community").subscriber
    link = make_token(ws.secret, "leave", person.id, "community")
    assert [leave(ws, link, "test"), leave(ws, link, "test")] == [True, True]
    with ws.store.read() as connection:
        asked = service_mails.not_planned(connection, "data-lab", 9)
    assert [one.mail.name for one in asked] == (["goodbye"] if goodbye else [])
