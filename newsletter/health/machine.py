"""Judging the machine: its clock, and the room on its disk."""

from datetime import datetime, timedelta

from newsletter.model.health import Finding, ok

#: A digest goes out to the minute; mail that is dated further off looks forged.
_OFF = timedelta(minutes=5)
#: What a claim keeps free of its own accord, in bytes; a day's growth more is asked for here.
LEAST_FREE, WISHED_FREE = 64 * 1024 * 1024, 512 * 1024 * 1024
_MB = 1024 * 1024


def judge_clock(now: datetime, newest: datetime | None, elsewhere: datetime | None) -> Finding:
    """Whether the clock stands behind what the store holds, or away from another machine's. All aware.

    `newest` is the store's latest row, `elsewhere` what the provider says the time is; either may be unknown.
    """
    if newest is not None and now < newest - _OFF:
        text = f"The clock says {now:%Y-%m-%d %H:%M} UTC, and the store holds something of {newest:%Y-%m-%d %H:%M}"
        advice = "Set the clock (NTP); what is due waits till it has come so far again"
        return Finding("clock", "error", "doctor.clock-behind", text, advice)
    if elsewhere is not None and abs(now - elsewhere) > _OFF:
        minutes = round(abs(now - elsewhere).total_seconds() / 60)
        text = f"The clock is {minutes} minutes {'behind' if now < elsewhere else 'ahead of'} the provider's"
        return Finding("clock", "error", "doctor.clock-off", text, "Set the clock: switch on NTP")
    beside = "agrees with the provider's" if elsewhere else "is not behind the store"
    return ok("clock", f"The clock {beside}: {now:%Y-%m-%d %H:%M} UTC")


def judge_disk(free: int, place: str) -> Finding:
    """Whether there is room for the ledger to go on; `free` in bytes."""
    if free < LEAST_FREE:
        text = f"{free // _MB} MB are free at {place}: nothing is sent below {LEAST_FREE // _MB} MB"
        return Finding("disk", "error", "doctor.disk-full", text, "Make room, or move the store")
    if free < WISHED_FREE:
        text = f"{free // _MB} MB are free at {place}"
        advice = f"Make room soon: below {LEAST_FREE // _MB} MB nothing is sent"
        return Finding("disk", "warning", "doctor.disk-low", text, advice)
    return ok("disk", f"{free // _MB} MB are free at {place}")
