"""What communities of one store share: nothing, unless both chose to, and then only what is no wish of a reader."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from support_events import Road
from support_workspace import KEY, NOW, Clock, open_at, render, with_issue, with_readers

from newsletter.app.exporting import export_jsonl
from newsletter.app.importing.subscribers_file import import_bytes
from newsletter.app.neighbours import keep_to_choice
from newsletter.app.owning.leaving import leave
from newsletter.app.sending.planning import plan_issue
from newsletter.app.sending.pump import pump, this_worker
from newsletter.app.subscribing import show, suppress
from newsletter.app.workspace import Workspace, with_settings
from newsletter.model.guarding import PaceSettings
from newsletter.model.people import SuppressionReason
from newsletter.model.workspace import Secrets, StoreSettings
from newsletter.people.address import address_hash
from newsletter.people.tokens import make_token
from newsletter.store import suppressions

ADA, GRACE = "ada@example.org", "grace@example.org"


def member_of_all(root: Path, community: str, clock: Clock | None = None, **changes: object) -> Workspace:
    """A community of this id in the store of all, with Ada and Grace on its list."""
    (root / community).mkdir(exist_ok=True)
    ws = with_settings(open_at(root / community, clock), store=StoreSettings(url=f"sqlite:///{root}/all.db"))
    named = ws.settings.community.model_copy(update={"id": community, "suppressions": changes.pop("share", "own")})
    ws = with_settings(ws, community=named, **changes)
    import_bytes(ws, f"email\n{ADA}\n{GRACE}\n".encode(), "people.csv", "community")
    keep_to_choice(ws, NOW)
    return ws


def reason(ws: Workspace, address: str) -> str:
    with ws.store.read() as connection:
        who = address_hash(ws.hash_key, address)
        return suppressions.reason_of(connection, ws.settings.community.id, who)


@pytest.mark.parametrize("why", ["bounced", "complained"])
def test_a_bounce_and_a_complaint_count_for_all_who_share_them_and_for_nobody_else(tmp_path, why: SuppressionReason):
    lab, choir = (member_of_all(tmp_path, name, share="shared") for name in ("lab", "choir"))
    alone = member_of_all(tmp_path, "alone")
    suppress(lab, ADA, reason=why)
    assert [reason(ws, ADA) for ws in (lab, choir, alone)] == [why, why, ""]
    (line,) = [text for text in export_jsonl(choir) if ADA in text]
    assert "lab" not in line


def test_leaving_and_an_operators_word_stay_where_they_were_said(tmp_path):
    lab, choir = (member_of_all(tmp_path, name, share="shared") for name in ("lab", "choir"))
    suppress(lab, ADA, reason="operator")
    leave(lab, make_token(lab.secret, "leave", show(lab, GRACE).subscriber.id, "community"), "page")
    assert reason(choir, ADA) == ""
    assert [one.state for one in show(choir, GRACE).subscriptions] == ["active"]


def test_who_begins_to_share_gives_and_takes_what_stands_already_and_who_ends_it_keeps_what_it_has(tmp_path):
    lab, choir = member_of_all(tmp_path, "lab", share="shared"), member_of_all(tmp_path, "choir")
    suppress(lab, ADA, reason="bounced")
    suppress(choir, GRACE, reason="complained")
    assert (reason(choir, ADA), reason(lab, GRACE)) == ("", "")
    choir = member_of_all(tmp_path, "choir", share="shared")
    assert (reason(choir, ADA), reason(lab, GRACE)) == ("bounced", "complained")
    choir = member_of_all(tmp_path, "choir")
    suppress(lab, ADA, reason="complained")
    assert (reason(lab, ADA), reason(choir, ADA)) == ("complained", "bounced")


def test_communities_of_other_keys_share_apart_and_are_told_so(tmp_path, caplog):
    lab = member_of_all(tmp_path, "lab", share="shared")
    with caplog.at_level(logging.WARNING):
        other = Secrets(signing=SecretStr("another key"))
        choir = member_of_all(tmp_path, "choir", share="shared", secrets=other)
    assert "not shared with lab" in caplog.text
    suppress(lab, ADA, reason="bounced")
    assert reason(choir, ADA) == ""


def sent(ws: Workspace) -> int:
    """Mails that leave now, under a clock that stands."""
    return pump(ws, Road(), KEY, ws.clock, batch=2, worker_id=this_worker()).batches


def test_communities_that_share_an_account_keep_one_pace(tmp_path):
    clock = Clock()
    shared = PaceSettings(hour=4, account="sendgrid")
    lab, choir = (member_of_all(tmp_path, name, clock, pace=shared) for name in ("lab", "choir"))
    alone = member_of_all(tmp_path, "alone", clock, pace=replace_account(shared))
    for ws in (lab, choir, alone):
        with_readers(ws, 4)
        with_issue(ws)
        plan_issue(ws, KEY, render, NOW)
    assert [sent(lab), sent(choir), sent(alone)] == [2, 0, 2]
    clock.now += timedelta(hours=1, seconds=1)
    assert [sent(choir), sent(lab), sent(alone)] == [2, 0, 1]


def replace_account(pace: PaceSettings) -> PaceSettings:
    return pace.model_copy(update={"account": ""})
