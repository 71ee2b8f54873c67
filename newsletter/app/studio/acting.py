"""What an editor does from the studio: a test to themselves, a draft, an approval; and how it went."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from newsletter.app.accounting.deeds import note_alone
from newsletter.app.dispatching import provider_of
from newsletter.app.drafting import draft_issue, find_row
from newsletter.app.reviewing.approving import (
    ApprovalError,
    Approved,
    approve_draft,
    approve_kept,
    approve_refreshed,
)
from newsletter.app.reviewing.drifting import drift_of_issue
from newsletter.app.sending.planning import SendRefused
from newsletter.app.studio.content import accept, decide
from newsletter.app.studio.editing import arrange, override, silence, write_words
from newsletter.app.studio.opening import editor_command, open_place, place_meant
from newsletter.app.studio.said import Said, given_back
from newsletter.app.studio.scene import Scene
from newsletter.app.timing import UsageError
from newsletter.app.trial import send_trial
from newsletter.model.deeds import Deed, allows
from newsletter.providers.registry import ProviderError
from newsletter.store.issues import IssueMoveError

Values = Mapping[str, str]


def send_test(scene: Scene, values: Values) -> Said:
    """Send the mail on the stage to the editor's own address."""
    ws, address, edition = scene.ws, values.get("address", ""), scene.view.edition
    if edition is None:
        return Said("There is no mail on the stage.", well=False)
    note_alone(ws, "tested", scene.draft.key)
    with provider_of(ws) as provider:
        receipt = send_trial(provider, scene.draft, edition, address, ws.clock())
    if receipt.outcome != "accepted":
        return Said(f"The test was not sent ({receipt.outcome}): {receipt.detail or 'no reason given'}.", well=False)
    return Said(f"A test went to {address}. It is counted nowhere.")


def freeze_now(scene: Scene, values: Values) -> Said:
    """Freeze the draft of the digest's next issue, which takes back an approval of another one."""
    drafted = draft_issue(scene.ws, scene.draft.digest, scene.at)
    return Said(f"{drafted.draft.key} is drafted as you see it, hash {drafted.hash[:12]}.")


def approve_shown(scene: Scene, values: Values) -> Said:
    """Approve exactly the draft whose hash the editor was shown; another one made meanwhile is not approved."""
    key, by, now = scene.draft.key, values.get("by", ""), scene.ws.clock()
    return _approved(scene, by, approve_draft(scene.ws, key, by, now, values.get("hash", "")))


def keep_approved(scene: Scene, values: Values) -> Said:
    """Approve the draft as it is frozen, although its sources moved."""
    _still(scene, values)
    by, now = values.get("by", ""), scene.ws.clock()
    return _approved(scene, by, approve_kept(scene.ws, scene.draft.key, by, now))


def refresh_approved(scene: Scene, values: Values) -> Said:
    """Take in what moved in the sources, and approve that."""
    _still(scene, values)
    by = values.get("by", "")
    return _approved(scene, by, approve_refreshed(scene.ws, scene.draft.key, by, scene.at))


def _still(scene: Scene, values: Values) -> None:
    """ApprovalError where the draft, or what moved since, is other than what the editor was shown."""
    row = find_row(scene.ws, scene.draft.key)
    if row is None or row.draft_hash != values.get("hash", ""):
        raise ApprovalError(f"{scene.draft.key} was drafted again meanwhile: look at it first")
    if drift_of_issue(scene.ws, scene.draft.key).fingerprint != values.get("drift", ""):
        raise ApprovalError("the sources moved again meanwhile: look at what is other now")


def open_source(scene: Scene, values: Values) -> Said:
    """Open what is chosen in the editor's own program; refused where that would run on somebody else's machine."""
    place = place_meant(scene.view, values.get("entry", ""), values.get("finding", ""))
    if not scene.is_local:
        return Said("A program is started only by the studio of your own machine; it is written at", True, f"{place}")
    command = editor_command(scene.ws.settings.editors.editor, scene.ws.environ)
    return open_place(scene.ws.root, place, command)


def _approved(scene: Scene, by: str, done: Approved) -> Said:
    more = f" {done.missing} more must approve it." if done.missing else " It leaves at its time."
    return Said(f"{scene.draft.key} is approved by {' '.join(by.split())}.{more}")


@dataclass(frozen=True, slots=True)
class Act:
    """What a form does, and which deed that is; `writes` where nothing else tells that a file is changed."""

    do: Callable[[Scene, Values], Said]
    deed: Deed
    writes: bool = False


#: Every act by the name that forms have for it.
ACTS: Mapping[str, Act] = {
    "test": Act(send_test, "tested"),
    "draft": Act(freeze_now, "drafted"),
    "approve": Act(approve_shown, "approved"),
    "keep": Act(keep_approved, "approved"),
    "refresh": Act(refresh_approved, "approved"),
    "open": Act(open_source, "edited"),
    "words": Act(lambda scene, values: write_words(scene.ws, scene.draft, values), "edited", writes=True),
    "arrange": Act(lambda scene, values: arrange(scene.ws, scene.draft, values), "edited", writes=True),
    "override": Act(lambda scene, values: override(scene.ws, scene.draft, values), "edited", writes=True),
    "decide": Act(decide, "decided", writes=True),
    "accept": Act(accept, "decided", writes=True),
    "silence": Act(lambda scene, values: silence(scene.ws, scene.draft, values), "edited", writes=True),
}
#: Those after which everything is as it was.
LEAVING = frozenset({"test", "open"})


def act(scene: Scene, what: str, values: Values) -> Said:
    """Do one thing; what cannot be done is said, and what changed a file is written down as whoever's it is."""
    if what not in ACTS:
        return Said("That is nothing the studio does.", well=False)
    if not allows(scene.ws.actor, ACTS[what].deed):
        return given_back("Your role does not allow that.", values)
    try:
        said = ACTS[what].do(scene, values)
        if ACTS[what].writes and said.well:
            note_alone(scene.ws, ACTS[what].deed, scene.draft.key, what)
        return said
    except (UsageError, ApprovalError, SendRefused, ProviderError, IssueMoveError) as error:
        return given_back(str(error), values)
    except OSError as error:
        return given_back(f"It could not be written: {error.strerror or error}.", values)
