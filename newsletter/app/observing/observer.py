"""One running program as a monitor sees it: when it woke last, whether it can work, and its numbers."""

from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from newsletter.app.observing.exposition import exposition
from newsletter.app.workspace import Workspace
from newsletter.model.figures import Figures
from newsletter.store.figures import figures

#: A program that did not look at its cadence for so long does nothing any more, whatever it still answers.
ASLEEP = timedelta(minutes=10)


class Observer:
    """Asked by a monitor and told by the waker, each in a thread of their own."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self._lock = Lock()
        self._woke = ws.clock()

    def woke(self) -> None:
        """Take down that a wake-up came to its end."""
        with self._lock:
            self._woke = self.ws.clock()

    @property
    def last(self) -> datetime:
        """When the last wake-up came to its end; until the first, when the program began."""
        return self._last()

    def not_ready(self) -> str:
        """Why it cannot do its work; empty where it can."""
        last = self._last()
        if self.ws.clock() - last > ASLEEP:
            return f"no wake-up has come to its end since {last:%Y-%m-%d %H:%M} UTC"
        try:
            with self.ws.store.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except SQLAlchemyError:
            return "the store does not answer"
        return ""

    def metrics(self) -> bytes:
        """The numbers, in Prometheus' text format."""
        return exposition(*self.figures())

    def figures(self) -> tuple[Figures, datetime]:
        """The numbers of this moment, and when the last wake-up came to its end."""
        with self.ws.store.read() as connection:
            found = figures(connection, self.ws.settings.community.id, self.ws.clock())
        return found, self._last()

    def _last(self) -> datetime:
        with self._lock:
            return self._woke
