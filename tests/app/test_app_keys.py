"""Changing the key that signs links: old links go on working, and addresses are known by the same hashes."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from support_workspace import Clock, open_at

from newsletter.app.owning.leaving import leave
from newsletter.app.subscribing import add, show, suppress
from newsletter.app.workspace import Workspace, with_settings
from newsletter.people.tokens import make_token, read_token

MIRA, NOOR = "mira@example.org", "noor@example.org"


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return open_at(tmp_path, Clock())


def with_keys(ws: Workspace, newest: str, *older: str) -> Workspace:
    secrets = ws.settings.secrets.model_copy(
        update={"signing": SecretStr(newest), "signing_old": SecretStr(" \n".join(older)) if older else None}
    )
    return with_settings(ws, secrets=secrets)


def test_links_that_an_older_key_signed_are_still_taken(ws: Workspace) -> None:
    first = with_keys(ws, "key-1")
    token = make_token(first.secret, "leave", add(first, MIRA, "community").subscriber.id, "community")
    third = with_keys(ws, "key-3", "key-2", "key-1")
    assert third.keys[0] == third.secret
    assert third.keys[3:] == (b"key-3", b"key-2", b"key-1")
    assert read_token(third.keys, token, "leave") is not None
    assert leave(third, token, "page")
    assert show(third, MIRA).subscriptions[0].state == "left"
    assert not leave(with_keys(ws, "key-3", "key-2"), token, "page"), "a key that is not named any more opens nothing"


def test_links_of_before_communities_had_keys_of_their_own_are_still_taken(ws: Workspace) -> None:
    token = make_token(b"a key for tests", "leave", add(ws, MIRA, "community").subscriber.id, "community")
    assert leave(ws, token, "page")


def test_communities_that_share_a_key_do_not_take_each_others_links(ws: Workspace) -> None:
    other = with_settings(ws, community=ws.settings.community.model_copy(update={"id": "choir"}))
    token = make_token(ws.secret, "leave", add(ws, MIRA, "community").subscriber.id, "community")
    assert (other.hash_key, read_token(other.keys, token, "leave")) == (ws.hash_key, None)


def test_the_newest_key_signs_and_the_oldest_goes_on_naming_addresses(ws: Workspace) -> None:
    first, second = with_keys(ws, "key-1"), with_keys(ws, "key-2", "key-1")
    assert (first.hash_key, second.hash_key) == (b"key-1", b"key-1")
    assert second.secret not in first.keys
    suppress(first, NOOR)
    add(first, MIRA, "community")
    assert "suppressed" in add(second, NOOR, "community").refusal
    assert [line.action for line in show(second, MIRA).consents] == ["added"]
