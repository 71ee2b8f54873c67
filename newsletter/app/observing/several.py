"""Several communities of one process as a monitor sees them: each by its own name, and none through another."""

import logging
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from newsletter.app.observing.exposition import exposition_of_all
from newsletter.app.observing.observer import Observer
from newsletter.log_fields import about
from newsletter.model.figures import Figures

LOG = logging.getLogger(__name__)


class Observers:
    """What one port tells of all who run beside each other; communities may come and go meanwhile."""

    def __init__(self) -> None:
        self._observers: dict[str, Observer] = {}
        self._faults: dict[str, str] = {}

    def put(self, community: str, observer: Observer, known_as: str = "") -> None:
        """Tell of the community, which was spoken of by its folder's name while it could not be opened."""
        self._faults = {name: why for name, why in self._faults.items() if name not in (community, known_as)}
        self._observers = {**self._observers, community: observer}

    def fell_out(self, name: str, why: str) -> None:
        """Tell that one of them is not at work."""
        if name not in self._observers:
            self._faults = {**self._faults, name: why}

    def not_ready(self) -> str:
        """Why nobody can do their work; empty where anybody can, whom a restart would only disturb."""
        why = {**self._faults, **{name: one.not_ready() for name, one in self._observers.items()}}
        if not all(why.values()):
            return ""
        return "; ".join(f"{name}: {text}" for name, text in sorted(why.items()))

    def metrics(self) -> bytes:
        """The numbers of all whose store answers; `newsletter_community_up` is 0 for the others."""
        found = {one.community: (one, woke) for one, woke in self._figures()}
        up = {name: name in found and not one.not_ready() for name, one in self._observers.items()}
        return exposition_of_all(found.values(), {**up, **dict.fromkeys(self._faults, False)})

    def _figures(self) -> Iterator[tuple[Figures, datetime]]:
        for name, one in self._observers.items():
            try:
                yield one.figures()
            except SQLAlchemyError:
                LOG.warning("the store of %s does not answer", name, extra=about("store.silent", name))
