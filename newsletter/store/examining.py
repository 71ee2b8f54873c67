"""Looking at a store without touching it: whether it is whole, of this program's schema, and its owner's alone."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection

from newsletter.model.storage import StoreState
from newsletter.store.dialects import engine_at, of, postgresql
from newsletter.store.engine import anchored
from newsletter.store.migrate import HEAD, revisions, schema_version
from newsletter.store.tables import attempt, consent, delivery_event

_NEWEST = (consent.c.at, attempt.c.claimed_at, attempt.c.finished_at, delivery_event.c.at)


def examine_store(url: str, root: Path) -> StoreState:
    """Look at the store of this URL; nothing is made, migrated or locked."""
    place = anchored(url, root)
    file = Path(str(place.database)) if place.get_backend_name() == "sqlite" else None
    if file and not file.exists():
        return StoreState(head=HEAD)
    engine = sa.create_engine(_read_only(place), hide_parameters=True) if file else engine_at(place)
    try:
        with engine.connect() as connection:
            connection.execution_options(**of(engine.dialect).READING)
            return _examine(connection, file)
    except sa.exc.DBAPIError as error:
        return StoreState(fault=str(error.orig), head=HEAD)
    finally:
        engine.dispose()


def _read_only(place: URL) -> URL:
    return place.set(database=f"file:{place.database}", query={"mode": "ro", "uri": "true"})


def _examine(connection: Connection, file: Path | None) -> StoreState:
    fault = _broken(connection) if file else postgresql.fault_of(connection)
    schema = schema_version(connection) or ""
    readable = not fault and schema == HEAD
    newest = _newest(connection) if readable else None
    foreign = bool(schema) and schema not in revisions()
    has_sent = readable and _has_sent(connection)
    return StoreState(fault, schema, HEAD, foreign, newest, _open_to(file) if file else "", has_sent)


def _broken(connection: Connection) -> str:
    said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    return "" if said == "ok" else str(said)


def _newest(connection: Connection) -> datetime | None:
    moments = [connection.execute(sa.select(sa.func.max(column))).scalar() for column in _NEWEST]
    return max((moment.astimezone(UTC) for moment in moments if moment), default=None)


def _has_sent(connection: Connection) -> bool:
    submitted = sa.select(attempt.c.id).where(attempt.c.submitted_at.is_not(None))
    return connection.execute(submitted.limit(1)).first() is not None


def _open_to(file: Path) -> str:
    mode = stat.S_IMODE(file.stat().st_mode)
    return "everybody on this machine" if mode & 0o007 else "its group" if mode & 0o070 else ""
