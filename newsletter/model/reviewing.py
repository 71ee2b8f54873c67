"""What passes between an issue and those who look after it: approvals of a draft, and mails to its editors."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsletter.model.delivery import DeliveryState


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody said yes to exactly this draft; `drift` names what they knew to have moved in the sources since."""

    by: str
    at: datetime
    draft_hash: str
    drift: str = ""


EditorMailKind = Literal["draft", "reminder", "drift"]
EDITOR_MAIL_KINDS: tuple[EditorMailKind, ...] = ("draft", "reminder", "drift")
#: A mail to an editor takes the road of any delivery, and needs fewer states.
EDITOR_MAIL_STATES: tuple[DeliveryState, ...] = ("pending", "submitting", "accepted", "failed", "unknown")


@dataclass(frozen=True, slots=True)
class EditorMail:
    """One mail to one editor about an issue: there is one of each kind, address, and thing that it is `about`."""

    key: str
    kind: EditorMailKind
    address: str
    subject: str
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class DueEditorMail:
    """A mail that may be tried now; `id` names it to the provider, however often that is."""

    id: int
    mail: EditorMail
    tries: int
