"""How statements are read for the community of which they speak: the reader itself, on statements good and bad."""

import pytest
import sqlalchemy as sa
from support_communities import unnarrowed

from newsletter.store.tables import attempt, attempt_item, consent, delivery, mailing, subscriber, subscription

LAB = "data-lab"
OF_LAB = subscriber.c.community == LAB
THEIRS = subscription.c.subscriber_id == subscriber.c.id
OURS = sa.select(attempt.c.id).where(attempt.c.community == LAB).subquery()


@pytest.mark.parametrize(
    ("statement", "wide"),
    [
        (sa.select(subscriber.c.id), {"subscriber"}),
        (sa.select(subscriber.c.id).where(subscriber.c.address_key == "ada@example.org"), {"subscriber"}),
        (sa.select(subscriber.c.id).where(OF_LAB), set()),
        (sa.select(subscriber.c.id).where(subscriber.c.id == "s1"), {"subscriber"}),
        (sa.select(sa.func.count()).select_from(subscriber), {"subscriber"}),
        (sa.update(subscription).where(subscription.c.list == "all").values(state="left"), {"subscription"}),
        (sa.delete(subscription).where(subscription.c.community == LAB), set()),
        (sa.insert(consent).values(community=LAB, who="h"), set()),
        (sa.insert(consent).from_select(["who"], sa.select(subscriber.c.who)), {"subscriber"}),
        (sa.select(subscriber.c.id, consent.c.id).where(OF_LAB, consent.c.who == subscriber.c.who), {"consent"}),
        (
            sa.select(subscriber.c.id, consent.c.id).where(OF_LAB, consent.c.community == subscriber.c.community),
            set(),
        ),
        (sa.select(subscriber.c.id).join(subscription, THEIRS).where(OF_LAB), set()),
        (sa.select(subscriber.c.id).join(subscription, THEIRS), {"subscriber", "subscription"}),
        (sa.select(subscriber.c.id).where(OF_LAB, sa.exists().where(consent.c.action == "left")), {"consent"}),
        (sa.select(attempt_item.c.detail).join(OURS, OURS.c.id == attempt_item.c.attempt_id), set()),
        (sa.select(delivery.c.id).where(delivery.c.community != LAB), {"delivery"}),
    ],
)
def test_a_statement_is_seen_through(statement: sa.sql.Executable, wide: set[str]) -> None:
    assert unnarrowed(statement) == wide


def test_an_id_stands_for_a_community_only_where_that_is_said() -> None:
    its_mailing = mailing.c.id == delivery.c.mailing_id
    found = sa.select(delivery.c.id).join(mailing, its_mailing).where(mailing.c.id == 3)
    assert unnarrowed(found) == {"delivery", "mailing"}
    assert unnarrowed(found, by_id=True) == set()
    assert unnarrowed(sa.select(consent.c.id).where(consent.c.who == "h"), by_id=True) == {"consent"}
