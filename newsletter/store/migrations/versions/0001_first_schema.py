"""The first schema: subscribers, consent, issues and the ledger."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.triggers import append_only
from newsletter.store.types import Utc

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_community_who"), "consent", ["community", "who"], unique=False)
    op.create_table(
        "delivery_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempt_id", sa.String(length=40), nullable=True),
        sa.Column("notice_key", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_event")),
        sa.UniqueConstraint("delivery_id", "notice_key", name=op.f("uq_delivery_event_delivery_id_notice_key")),
    )
    op.create_table(
        "issue",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("draft_at", Utc(), nullable=False),
        sa.Column("send_at", Utc(), nullable=False),
        sa.Column("draft", sa.Text(), server_default="", nullable=False),
        sa.Column("draft_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("approved_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("approved_by", sa.Text(), server_default="", nullable=False),
        sa.Column("approved_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "state IN ('due', 'drafted', 'approved', 'sending', 'paused', 'sent', 'skipped', 'cancelled')",
            name=op.f("ck_issue_state"),
        ),
        sa.PrimaryKeyConstraint("community", "key", name=op.f("pk_issue")),
    )
    op.create_index(
        op.f("ix_issue_community_digest_send_at"), "issue", ["community", "digest", "send_at"], unique=False
    )
    op.create_table(
        "issue_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("hash", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issue_event")),
    )
    op.create_index(op.f("ix_issue_event_community_key"), "issue_event", ["community", "key"], unique=False)
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("content_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("planned_at", Utc(), nullable=False),
        sa.CheckConstraint("state IN ('sending', 'paused', 'sent', 'cancelled')", name=op.f("ck_mailing_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
        sa.UniqueConstraint("community", "kind", "key", name=op.f("uq_mailing_community_kind_key")),
    )
    op.create_table(
        "subscriber",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="", nullable=False),
        sa.Column("clock", sa.Integer(), server_default="12", nullable=False),
        sa.Column("language", sa.String(length=20), server_default="en", nullable=False),
        sa.Column("density", sa.String(length=20), server_default="full", nullable=False),
        sa.Column("text_only", sa.Boolean(name="text_only"), server_default=sa.false(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
        sa.UniqueConstraint("community", "address_key", name=op.f("uq_subscriber_community_address_key")),
    )
    op.create_index(op.f("ix_subscriber_community_who"), "subscriber", ["community", "who"], unique=False)
    op.create_table(
        "suppression",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("community", "who", name=op.f("pk_suppression")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("edition_key", sa.String(length=64), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("lease_until", Utc(), nullable=False),
        sa.Column("claimed_at", Utc(), nullable=False),
        sa.Column("submitted_at", Utc(), nullable=True),
        sa.Column("finished_at", Utc(), nullable=True),
        sa.CheckConstraint(
            "phase IN ('claimed', 'submitting', 'done', 'released', 'unknown')", name=op.f("ck_attempt_phase")
        ),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_attempt_mailing_id_mailing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(
        op.f("ix_attempt_community_phase_lease_until"), "attempt", ["community", "phase", "lease_until"], unique=False
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("subscriber_id", sa.String(length=40), nullable=False),
        sa.Column("edition_key", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", Utc(), nullable=False),
        sa.Column("attempt_id", sa.String(length=40), nullable=True),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'claimed', 'submitting', 'accepted', 'delivered', 'deferred', 'bounced', 'dropped', 'complained', 'failed', 'unknown', 'suppressed', 'skipped', 'cancelled')",
            name=op.f("ck_delivery_state"),
        ),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_delivery_mailing_id_mailing")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("mailing_id", "subscriber_id", name=op.f("uq_delivery_mailing_id_subscriber_id")),
    )
    op.create_index(
        op.f("ix_delivery_mailing_id_state_edition_key_not_before"),
        "delivery",
        ["mailing_id", "state", "edition_key", "not_before"],
        unique=False,
    )
    op.create_index(op.f("ix_delivery_subscriber_id"), "delivery", ["subscriber_id"], unique=False)
    op.create_table(
        "edition",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_edition_mailing_id_mailing")),
        sa.PrimaryKeyConstraint("mailing_id", "key", name=op.f("pk_edition")),
    )
    op.create_table(
        "subscription",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("subscriber_id", sa.String(length=40), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'left', 'bounced', 'complained')", name=op.f("ck_subscription_state")
        ),
        sa.ForeignKeyConstraint(
            ["subscriber_id"],
            ["subscriber.id"],
            name=op.f("fk_subscription_subscriber_id_subscriber"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("subscriber_id", "list", name=op.f("pk_subscription")),
    )
    op.create_index(
        op.f("ix_subscription_community_list_state"), "subscription", ["community", "list", "state"], unique=False
    )
    op.create_table(
        "attempt_item",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("attempt_id", sa.String(length=40), nullable=False),
        sa.Column("delivery_id", sa.String(length=64), nullable=False),
        sa.Column("live", sa.Boolean(name="live"), server_default=sa.true(), nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("provider_id", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_item_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_attempt_item_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("attempt_id", "delivery_id", name=op.f("pk_attempt_item")),
    )
    op.create_index(
        "uq_attempt_item_live",
        "attempt_item",
        ["delivery_id"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    dialect = op.get_bind().dialect.name
    for table in ("consent", "issue_event", "delivery_event"):
        for statement in append_only(dialect, table):
            op.execute(sa.text(statement))
