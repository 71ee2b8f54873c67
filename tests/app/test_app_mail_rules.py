"""Whatever kind of mail leaves this program, its bytes keep to S1 to S10: read from the outbox, where they end."""

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from types import MappingProxyType

import pytest
from support_archive import KEY, READERS, SENT, at, lab, send
from support_mail_rules import Sent, assert_good_message

from newsletter.app.dispatching import provider_of, send_issue
from newsletter.app.one_offs import draft_message
from newsletter.app.reviewing.approving import approve
from newsletter.app.reviewing.post import post_editor_mails
from newsletter.app.reviewing.telling import tell_draft
from newsletter.app.sending.addressing import PREFERENCES
from newsletter.app.service_mails import ask_for_mail, post_service_mails
from newsletter.app.subscribing import show
from newsletter.app.workspace import Workspace
from newsletter.model.service import ServiceMail
from newsletter.model.workspace import EditorSettings, ListSettings

pytestmark = pytest.mark.no_cover  # other tests cover its lines

#: The mails that go to a list, by the word with which their mailing begins, and whether they answer somebody.
LISTED = MappingProxyType({"weekly": False, "mail": False, "welcome": True})
ELSEWHERE = "staff@lists.example.org"


def workspace(root: Path) -> Workspace:
    """A lab with an editor, and with a list that somebody else keeps."""
    found = lab(root)
    staff = ListSettings(
        title='The "staff", all of us',
        digests=("weekly",),
        address=ELSEWHERE,
        leave_url="https://lists.example.org/staff",
    )
    settings = found.settings.model_copy(
        update={
            "editors": EditorSettings(notify=("editor@example.org",)),
            "lists": found.settings.lists | {"staff": staff},
        }
    )
    return replace(found, settings=settings)


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Sent]]:
    """Every mail of a day on which everything happens, by its mailing."""
    ws = workspace(tmp_path_factory.mktemp("lab"))
    send(ws)
    file = ws.root / "closed.md"
    file.write_text('+++\nsubject = "Der Flügel ist zu: „heute“"\n+++\nStay warm.\n', encoding="utf-8")
    key = draft_message(ws, file, "community", at(ws, SENT)).draft.key
    approve(ws, key, "editor", ws.clock())
    with provider_of(ws) as provider:
        send_issue(ws, provider, key, ws.clock())
    reader = show(ws, READERS[0]).subscriber.id
    for name in ("welcome", "sign_in"):
        with ws.store.begin() as connection:
            ask_for_mail(connection, ws, ServiceMail(name, reader, "community", PREFERENCES), ws.clock())
    post_service_mails(ws)
    tell_draft(ws, KEY, ws.clock())
    post_editor_mails(ws, ws.clock())
    found: dict[str, list[Sent]] = {}
    for path in sorted((ws.root / "outbox").rglob("*.eml")):
        found.setdefault(path.parent.name, []).append(sent(path, ws))
    return found


def sent(path: Path, ws: Workspace) -> Sent:
    raw = path.read_bytes()
    to = str(message_from_bytes(raw, policy=policy.default)["To"])
    name = path.parent.name
    kind = None if name.endswith("-draft") else next((LISTED[one] for one in LISTED if name.startswith(one)), None)
    return Sent(raw, ws.clock(), to, to_list=kind is not None, leave_elsewhere=to == ELSEWHERE, automatic=bool(kind))


def test_there_is_a_mail_of_every_kind(messages: dict[str, list[Sent]]) -> None:
    assert {name: len(mails) for name, mails in messages.items()} == {
        KEY: 3,
        f"{KEY}-draft": 1,
        "mail-2026-12-04-closed": 2,
        "sign-in-community-2026-12-04": 1,
        "welcome-community-2026-12-04": 1,
    }


def test_every_kind_of_mail_keeps_to_the_rules(messages: dict[str, list[Sent]]) -> None:
    for mailing, mails in messages.items():
        for one in mails:
            try:
                assert_good_message(one)
            except AssertionError as error:
                raise AssertionError(f"{mailing} to {one.to}: {error}") from error
