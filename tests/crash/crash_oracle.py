"""What the sink says arrived, held against what the sender believes: the one judge of all designs."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from newsletter.app.workspace import Workspace
from newsletter.devsink.keep import SENDGRID_LOG, SMTP_LOG
from newsletter.store.tables import delivery, mailing, subscriber

#: What may be believed of a reader to whom a mail came.
TAKEN = frozenset({"accepted", "delivered", "deferred", "bounced", "dropped", "complained", "unknown"})


@dataclass(frozen=True)
class Verdict:
    """Who got nothing and should have, who got it twice, whose mail is in doubt, and who got one in secret."""

    readers: int
    lost: frozenset[str]
    twice: frozenset[str]
    unknown: frozenset[str]
    strays: frozenset[str]

    @property
    def holds(self) -> bool:
        """Whether nobody was lost, nobody mailed twice, and nobody mailed in secret."""
        return not (self.lost or self.twice or self.strays)

    def line(self, kills: int) -> str:
        """The last line of a run."""
        counts = f"{len(self.lost)} lost, {len(self.twice)} twice, {len(self.unknown)} unknown"
        return f"{self.readers} recipients, {kills} kills: {counts}"


def judge(arrived: Mapping[str, int], believed: Mapping[str, str], unwanted: Collection[str] = ()) -> Verdict:
    """By reader, how many mails arrived, and the state the sender believes in; the `unwanted` are to get none."""
    silent = [one for one in believed if one not in arrived and one not in unwanted]
    return Verdict(
        readers=len(believed),
        lost=frozenset(one for one in silent if believed[one] != "unknown"),
        twice=frozenset(one for one, count in arrived.items() if count > 1),
        unknown=frozenset(one for one, state in believed.items() if state == "unknown"),
        strays=frozenset(one for one in arrived if one in unwanted or believed.get(one) not in TAKEN),
    )


def arrivals(keep: Path, key: str) -> Counter[str]:
    """Mails of one mailing for each reader, by the sink's own log."""
    found: Counter[str] = Counter()
    for name in (SMTP_LOG, SENDGRID_LOG):
        if (keep / name).exists():
            with (keep / name).open("rb") as lines:
                messages = (json.loads(line) for line in lines)
                found.update(to for one in messages if one["subject"] == key for to in one["to"])
    return found


def beliefs(ws: Workspace, key: str) -> dict[str, str]:
    """By reader, the state of the one delivery of a mailing, from the ledger."""
    found = (
        sa.select(subscriber.c.address, delivery.c.state)
        .join(delivery, delivery.c.subscriber_id == subscriber.c.id)
        .join(mailing, mailing.c.id == delivery.c.mailing_id)
        .where(mailing.c.key == key)
    )
    with ws.store.read() as connection:
        return {row.address: row.state for row in connection.execute(found)}
