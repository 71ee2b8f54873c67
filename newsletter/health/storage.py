"""Judging the store from what a look at it found."""

from newsletter.model.health import Finding, ok
from newsletter.model.storage import StoreState


def judge_store(state: StoreState, url: str) -> tuple[Finding, ...]:
    """Whether it can be read, is whole, speaks this program's schema, and is open to nobody else."""
    if state.fault:
        text = f"The store {url} cannot be trusted: {state.fault}"
        advice = "Stop the program, keep the file, and restore the last backup"
        return (Finding("store", "error", "doctor.store-broken", text, advice),)
    found = [_schema(state, url)]
    if state.open_to:
        text = f"The store's file can be read by {state.open_to}: it holds every subscriber's address"
        found.append(
            Finding("store", "error", "doctor.store-open", text, "chmod 600 the file, and its -wal and -shm")
        )
    return tuple(found)


def _schema(state: StoreState, url: str) -> Finding:
    if not state.schema:
        return ok("store", f"No store yet at {url}; it is made at first need")
    if state.foreign:
        text = f"The store's schema is {state.schema}, and this program knows {state.head}: it is the older one"
        return Finding("store", "error", "doctor.store-newer", text, "Install the newer program")
    if state.schema != state.head:
        text = f"The store's schema is {state.schema}, and this program's {state.head}"
        advice = "Stop what runs on it, then newsletter store migrate, which backs it up before"
        return Finding("store", "error", "doctor.store-older", text, advice)
    return ok("store", f"The store is whole, schema {state.schema}, and its owner's alone")
