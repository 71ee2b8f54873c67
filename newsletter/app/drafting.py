"""From sources to a frozen draft: what was read, the editor's file, the theme, all as of one moment."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from newsletter.app.accounting.deeds import note
from newsletter.app.archiving.hosting import calendars_url, subscribe_url
from newsletter.app.archiving.pictures import publish_pictures, with_pictures
from newsletter.app.collecting import read_sources, settled
from newsletter.app.editors_file import issue_file, read_editors_file, refresh_listing, write_new
from newsletter.app.fetching import Recent
from newsletter.app.list_addresses import lists_with_address
from newsletter.app.theme_files import load_section_texts, load_theme
from newsletter.app.timing import UsageError, find_digest, read_at, slot_for, terms_around
from newsletter.app.workspace import Workspace
from newsletter.compose.draft import draft_hash, dump_draft, load_draft
from newsletter.compose.editing import editing_problems
from newsletter.compose.issue import compose
from newsletter.compose.naming import editing_of, merges_of, overrides_of, told_in
from newsletter.model.editing import EditorsFile
from newsletter.model.issue import Choices, Draft, Issue, IssueState, Slot
from newsletter.model.item import Reading
from newsletter.model.ledger import IssueRow
from newsletter.store import issues as issue_rows
from newsletter.store import slots as slot_rows


@dataclass(frozen=True, slots=True)
class Drafted:
    """A stored draft: the file the editor works in, whether it was there before, and whether its listing is new."""

    draft: Draft
    hash: str
    state: IssueState
    file: Path
    file_was_there: bool
    relisted: bool = False


def preview_draft(ws: Workspace, digest: str, at: datetime, recent: Recent | None = None) -> Draft:
    """The draft as it would be frozen at `at`; nothing is stored. `recent` spares fetching what it keeps."""
    return freeze(ws, slot_for(ws, digest, at), at, recent)


def draft_issue(ws: Workspace, digest: str, at: datetime, slot: Slot | None = None) -> Drafted:
    """Freeze the draft of the digest's next slot, or of `slot`, and write the editor's file where there is none yet.

    Drafting again replaces the draft and takes back an approval whose hash no longer holds; an issue that is being
    sent, or is over, is left alone.
    """
    return draft_slot(ws, slot or slot_for(ws, digest, at), at)


def draft_slot(ws: Workspace, slot: Slot, at: datetime) -> Drafted:
    """Freeze the draft of this slot as of `at`, as `draft_issue` does."""
    new = write_new(ws, slot)
    draft = freeze(ws, slot, at)
    hashed = draft_hash(draft)
    publish_pictures(ws, draft)
    with ws.store.begin() as conn:
        issue_rows.insert_slot(conn, ws.settings.community.id, slot)
        state = issue_rows.save_draft(conn, ws.settings.community.id, draft, dump_draft(draft), hashed)
        note(conn, ws, "drafted", draft.key, f"draft {hashed[:12]}")
    relisted = refresh_listing(ws, draft, for_everybody(draft))
    return Drafted(draft, hashed, state, issue_file(ws, slot.key), not new, relisted)


def freeze(ws: Workspace, slot: Slot, at: datetime, recent: Recent | None = None) -> Draft:
    """The slot's draft as of `at`, with what its editor's file decides; nothing is stored."""
    file = read_editors_file(ws, slot)
    read = read_sources(ws, at, recent)
    draft = _draft(ws, slot, settled(ws, read, at), file, at)
    if file.decides:
        draft = _decided(ws, draft, file, read)
    draft = with_pictures(ws, draft, for_everybody)
    return replace(draft, problems=tuple(dict.fromkeys((*draft.problems, *file.problems))))


def for_everybody(draft: Draft) -> Issue:
    """The issue with every topic, on the community's own clock and in its language, told against nothing."""
    return compose(draft, Choices(timezone=draft.community.timezone, language=draft.community.language))


def find_row(ws: Workspace, key: str) -> IssueRow | None:
    """The ledger's row of the issue."""
    with ws.store.read() as conn:
        return issue_rows.find_issue(conn, ws.settings.community.id, key)


def draft_named(ws: Workspace, name: str, at: str | None) -> Draft:
    """What a digest's name or an issue's key means: the stored draft, or one as it would be frozen now or at `at`.

    UsageError where a key names no slot of its digest.
    """
    if name in ws.settings.digests:
        return preview_draft(ws, name, read_at(ws, at))
    row = find_row(ws, name)
    if row is not None and row.draft:
        return load_draft(row.draft)
    slot = slot_named(ws, name)
    return freeze(ws, slot, read_at(ws, at) if at else min(ws.clock(), slot.send_at))


def slot_named(ws: Workspace, key: str) -> Slot:
    """The slot of an issue's key, which is its digest's name and its local date; UsageError where there is none."""
    digest, day = key[:-11], key[-10:]
    if digest not in ws.settings.digests:
        raise UsageError(
            f"{key!r} is neither a digest ({', '.join(ws.settings.digests) or 'none'}) nor an issue's key"
        )
    slot = slot_for(ws, digest, read_at(ws, day))
    if slot.key != key:
        raise UsageError(f"{digest} has no issue {key!r}; the next one after that day is {slot.key}")
    return slot


def stored_draft(ws: Workspace, key: str) -> Draft:
    """The frozen draft of an issue; UsageError where there is none."""
    row = find_row(ws, key)
    if row is None or not row.draft:
        raise UsageError(f"there is no draft {key!r}; `newsletter draft DIGEST` makes one")
    return load_draft(row.draft)


def last_sent_draft(ws: Workspace, draft: Draft) -> Draft | None:
    """The draft of the digest's last issue before this one that went out, or is going out: what most readers had."""
    if draft.kind != "issue":
        return None
    with ws.store.read() as conn:
        rows = slot_rows.rows(conn, ws.settings.community.id, draft.digest, "sending", "paused", "sent")
    before = [row for row in rows if row.send_at < draft.slot.send_at and row.key != draft.key]
    found = find_row(ws, before[-1].key) if before else None
    return load_draft(found.draft) if found and found.draft and found.kind == "issue" else None


def _decided(ws: Workspace, draft: Draft, file: EditorsFile, read: Reading) -> Draft:
    """The draft with what its editor's file decides: first what the entries are, then what stands where."""
    here = told_in(for_everybody(draft), draft.items)
    decisions, problems = merges_of(file, read.items, here)
    overrides, more = overrides_of(file, draft.items, here)
    reading = settled(ws, read, draft.as_of, replace(decisions, overrides=overrides))
    draft = replace(draft, items=reading.items)
    bare = for_everybody(draft)
    editing, misnamed = editing_of(file, draft, told_in(bare, draft.items))
    draft = replace(draft, editing=editing)
    effects = editing_problems(draft, for_everybody(draft), bare)
    return replace(draft, problems=(*reading.problems, *problems, *more, *misnamed, *effects))


def _draft(ws: Workspace, slot: Slot, reading: Reading, file: EditorsFile, at: datetime) -> Draft:
    settings = ws.settings
    digest = find_digest(ws, slot.digest)
    return Draft(
        key=slot.key,
        digest=slot.digest,
        slot=slot,
        as_of=at,
        number=_number(ws, slot),
        community=settings.community,
        settings=digest,
        list=settings.lists[digest.list],
        topics=tuple(settings.topics.items()),
        sections=tuple(settings.sections.items()),
        categories=tuple(settings.categories.items()),
        look=settings.look,
        terms=tuple(terms_around(ws, at).items()),
        items=reading.items,
        problems=reading.problems,
        note=file.note,
        section_texts=load_section_texts(ws.root, settings.sections),
        theme=load_theme(ws.root, digest.theme, slot.digest),
        sender=settings.sender.address,
        reply_to=settings.sender.reply_to,
        base_url=settings.web.base_url,
        calendars_url=calendars_url(settings),
        subscribe_url=subscribe_url(settings, digest.list),
        lists=tuple((name, settings.lists[name]) for name in lists_with_address(settings, slot.digest)),
    )


def _number(ws: Workspace, slot: Slot) -> int:
    with ws.store.read() as conn:
        before = issue_rows.sent_before(conn, ws.settings.community.id, slot.digest, slot.send_at)
    return find_digest(ws, slot.digest).first_number + before
