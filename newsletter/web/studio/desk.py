"""What the studio's pages need of whoever builds what they show."""

from collections.abc import Callable, Mapping
from typing import Protocol

from newsletter.app.studio.said import Said
from newsletter.app.studio.standing import Standing
from newsletter.app.studio.view import Shown
from newsletter.model.deeds import Actor

#: Renders the page of these templates with its values.
Fill = Callable[[Mapping[str, str], Mapping[str, object]], str]


class PreviewDesk(Protocol):
    """What the preview needs; calls may block, they run in threads."""

    def show(self, digest: str, persona: str, variant: int) -> Shown:
        """The issue of a digest as a persona gets it, or one distinct mail by its number, and what is wrong."""
        ...

    def ahead(self, shown: Shown) -> None:
        """Make ready what is likely asked for next; called once the answer is on its way."""
        ...

    def standing(self, digest: str, persona: str, variant: int) -> Standing | None:
        """What stands between that issue and its readers."""
        ...

    def picture(self) -> str:
        """What is to come for every persona, as SVG."""
        ...

    def pane(self, tab: str, digest: str, persona: str, variant: int, item: str) -> object:
        """What one of OWN_PANES shows of that issue; None while it cannot be built."""
        ...

    def act(
        self, what: str, digest: str, persona: str, variant: int, values: Mapping[str, str], actor: Actor
    ) -> Said:
        """Do one thing for that issue in somebody's name, and say how it went."""
        ...
