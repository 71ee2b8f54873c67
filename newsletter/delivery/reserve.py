"""How much room the disk must have before a batch is taken up: what is handed over must be possible to write down."""

from newsletter.model.guarding import Hold

MEGABYTE = 1_000_000


def needed(largest: int, batch: int, reserve_mb: int) -> int:
    """Bytes that must be free: one and a half batches of the largest message, and never less than the reserve."""
    return max(largest * batch * 3 // 2, reserve_mb * MEGABYTE)


def hold(free: int, wanted: int, where: str) -> Hold | None:
    """Nothing is taken up while there is less room than that."""
    if free >= wanted:
        return None
    why = (
        f"the disk of {where} has {free / MEGABYTE:.0f} MB free, and {wanted / MEGABYTE:.0f} MB are kept in reserve "
        "(guards.reserve_mb): make room, and it goes on by itself"
    )
    return Hold("reserve", why)
