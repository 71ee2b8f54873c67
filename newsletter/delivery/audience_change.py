"""An audience that is suddenly another: a list that was imported twice, or lost, is noticed before it is mailed."""


def differs(before: int, now: int, percent: int, least: int) -> bool:
    """Whether an audience of `now` readers differs from that of `before` by more than is taken without asking."""
    change = abs(now - before)
    return bool(percent and before) and change >= least and change * 100 > percent * before


def refusal(key: str, now: int, last: str, before: int, percent: int) -> str:
    """The sentence for an operator: what was found, and how it is accepted."""
    share = round(abs(now - before) * 100 / before)
    more = "more" if now > before else "fewer"
    return (
        f"{key} would go to {now} readers, {share} % {more} than the {before} of {last} (guards.audience_change is "
        f"{percent} %): look why, then newsletter send {key} --accept-audience {now}"
    )
