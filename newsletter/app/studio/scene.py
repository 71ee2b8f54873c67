"""What is on the stage, as everything needs it that is done or shown beside it."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.app.fetching import Recent
from newsletter.app.studio.view import View
from newsletter.app.workspace import Workspace
from newsletter.model.issue import Draft


@dataclass(frozen=True, slots=True)
class Scene:
    """The issue on the stage: its draft, what is seen of it, and the moment as of which it is looked at.

    With `is_local`, whoever looks sits at this machine, and programs of theirs may be started. `recent` spares
    fetching remote sources again.
    """

    ws: Workspace
    draft: Draft
    view: View
    at: datetime
    is_local: bool = False
    recent: Recent | None = None
