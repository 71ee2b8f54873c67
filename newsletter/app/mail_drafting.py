"""The frozen draft of a mail that is no digest's issue, and its way into the ledger."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.app.accounting.deeds import note
from newsletter.app.archiving.hosting import subscribe_url
from newsletter.app.archiving.pictures import publish_pictures
from newsletter.app.theme_files import load_theme
from newsletter.app.timing import terms_around
from newsletter.app.workspace import Workspace
from newsletter.compose.draft import draft_hash, dump_draft
from newsletter.model.deeds import Deed
from newsletter.model.delivery import MailingKind
from newsletter.model.issue import Draft, IssueState, Note, Slot
from newsletter.model.workspace import DigestSettings, Settings
from newsletter.store import issues, mails

THEME = "hours"


@dataclass(frozen=True, slots=True)
class MailDrafted:
    """A stored draft of a correction or a one-off."""

    draft: Draft
    hash: str
    state: IssueState


def mail_draft(
    ws: Workspace,
    kind: MailingKind,
    slot: Slot,
    list_name: str,
    at: datetime,
    note: Note = Note(),  # noqa: B008
) -> Draft:
    """A draft without items for a list; it looks like the list's first digest and is called after the list."""
    settings = ws.settings
    theme, digest = _look(settings, list_name)
    own = settings.lists[list_name]
    looks = DigestSettings(title=own.title, list=list_name, cadence="manual", window="7 days", theme=theme)
    return Draft(
        key=slot.key,
        digest="",
        slot=slot,
        as_of=at,
        number=0,
        community=settings.community,
        settings=looks,
        list=own,
        topics=tuple(settings.topics.items()),
        sections=(),
        terms=tuple(terms_around(ws, at).items()),
        items=(),
        problems=(),
        note=note,
        section_texts=(),
        theme=load_theme(ws.root, theme, digest),
        sender=settings.sender.address,
        reply_to=settings.sender.reply_to,
        base_url=settings.web.base_url,
        subscribe_url=subscribe_url(settings, list_name),
        look=settings.look,
        categories=tuple(settings.categories.items()),
        kind=kind,
        lists=tuple(settings.lists.items()),
    )


def save_mail(ws: Workspace, draft: Draft, send_at: datetime | None) -> MailDrafted:
    """Store the draft; an approval of another one falls. With `send_at` it leaves by itself once it is approved."""
    hashed, community = draft_hash(draft), ws.settings.community.id
    publish_pictures(ws, draft)
    name = draft.settings.list if draft.kind == "one-off" else ""
    with ws.store.begin() as connection:
        mails.enter(
            connection, community, key=draft.key, kind=draft.kind, list_name=name, at=draft.as_of, send_at=send_at
        )
        state = issues.save_draft(connection, community, draft, dump_draft(draft), hashed)
        deed: Deed = "corrected" if draft.kind == "correction" else "mailed"
        note(connection, ws, deed, draft.key, f"draft {hashed[:12]}")
    return MailDrafted(draft, hashed, state)


def _look(settings: Settings, list_name: str) -> tuple[str, str]:
    """The theme of the list's first digest, and that digest's name, where a missing theme is told."""
    offered = (*settings.lists[list_name].digests, *settings.digests)
    name = next((one for one in offered if one in settings.digests), "")
    return (settings.digests[name].theme, name) if name else (THEME, "")
