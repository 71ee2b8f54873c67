"""Notices that a sending went on, whichever process sends, and tells the open pages; nobody looking costs nothing."""

from threading import Lock

from newsletter.app.operator.desk import OperatorDesk
from newsletter.web.studio.changes import Changes


class Watching:
    """Looks at the store on a beat while a page is open; any thread may call."""

    def __init__(self, desk: OperatorDesk, changes: Changes) -> None:
        self.changes = changes
        self._desk = desk
        self._lock = Lock()
        self._last = ""

    def beat(self) -> None:
        """Look, where somebody would hear of it."""
        if self.changes.is_heard:
            self.look()

    def look(self) -> None:
        """Tell the pages where something is other than at the last look."""
        with self._lock:
            found = self._desk.fingerprint()
            changed, self._last = found != self._last, found
        if changed:
            self.changes.publish()
