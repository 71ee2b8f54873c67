"""A sending domain that nobody knows yet sends a little more each day, so that mail hosts learn what it sends."""

from datetime import date, datetime, timedelta

from newsletter.model.guarding import GuardSettings, Hold


def ceiling(settings: GuardSettings, day: date) -> int | None:
    """How many mails may leave on this day; None where the plan says nothing of it."""
    if settings.warm_up_from is None:
        return None
    index = (day - settings.warm_up_from).days
    return settings.warm_up[index] if 0 <= index < len(settings.warm_up) else None


def allowed(settings: GuardSettings, left_today: int, now: datetime, size: int) -> int | Hold:
    """How many of `size` the plan lets go (`now` in the community's zone); a hold up to midnight where none."""
    most = ceiling(settings, now.date())
    if most is None or left_today < most:
        return size if most is None else min(size, most - left_today)
    day = (now.date() - (settings.warm_up_from or now.date())).days + 1
    why = f"{most} mails left today, which is all that day {day} of the warm-up allows (guards.warm_up)"
    return Hold("warm-up", why, midnight(now) + timedelta(days=1))


def midnight(now: datetime) -> datetime:
    """When the day of `now` began where its clock hangs."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
