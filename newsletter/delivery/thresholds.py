"""How many complaints and bounces are too many: figures of the ledger, judged once there are enough of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from newsletter.model.guarding import GuardName, GuardSettings

#: So few of them stop nobody, whatever the share: one reader's mood or typo is no rate.
LEAST: dict[str, int] = {"complaints": 3, "bounces": 5}
#: From so many complaints on an operator is told.
LEAST_TOLD = 2


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one mailing: how many mails have an answer, how many of them were complained of, and how many bounced."""

    answered: int = 0
    complaints: int = 0
    bounces: int = 0

    def since(self, before: "Tally") -> "Tally":
        """What was added."""
        return Tally(
            self.answered - before.answered, self.complaints - before.complaints, self.bounces - before.bounces
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """A rate that is too high: whose it is, whether it stops the mailing, and the sentence with its figures."""

    guard: GuardName
    level: Literal["alert", "pause"]
    text: str


def judge(tally: Tally, settings: GuardSettings) -> Iterator[Finding]:
    """Every rate that is too high; at most one finding for each guard."""
    if tally.answered < settings.rates_from:
        return
    if _over(tally.complaints, tally.answered, settings.complaints_pause, LEAST["complaints"]):
        yield _finding("complaints", "pause", tally.complaints, tally.answered, settings.complaints_pause)
    elif _over(tally.complaints, tally.answered, settings.complaints_alert, LEAST_TOLD):
        yield _finding("complaints", "alert", tally.complaints, tally.answered, settings.complaints_alert)
    if _over(tally.bounces, tally.answered, settings.bounces_pause, LEAST["bounces"]):
        yield _finding("bounces", "pause", tally.bounces, tally.answered, settings.bounces_pause)


def _over(bad: int, answered: int, percent: float, least: int) -> bool:
    return percent > 0 and bad >= least and bad * 100 >= percent * answered


def _finding(
    guard: Literal["complaints", "bounces"], level: Literal["alert", "pause"], bad: int, answered: int, percent: float
) -> Finding:
    what = "were complained of" if guard == "complaints" else "bounced or were refused"
    share = f"{bad * 100 / answered:.2f}".rstrip("0").rstrip(".")
    text = f"{bad} of {answered} mails ({share} %) {what}; guards.{guard}_{level} is {percent:g} %"
    return Finding(guard, level, text)
