"""Taking a store over into another database, in the middle of whatever it is doing."""

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.app.workspace import Workspace
from newsletter.store.engine import open_store, shown
from newsletter.store.moving import copy_over, under_way


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rows each table has now, where they are (no password in it), and deliveries that were being sent."""

    rows: Mapping[str, int]
    place: str
    in_hand: int


def take_over(ws: Workspace, source: str, target: str) -> Taken:
    """Copy every row of one store (a database URL) into another that is empty; the old one is not written any more.

    Doing it again, after it was broken off, finishes it. StoreError, and the old one goes on, where it may not be.
    """
    old = open_store(source, ws.root)
    try:
        new = open_store(target, ws.root)
        try:
            rows = copy_over(old, new, shown(target, ws.root))
            with new.read() as connection:
                in_hand = under_way(connection)
        finally:
            new.close()
    finally:
        old.close()
    return Taken(rows, shown(target, ws.root), in_hand)
