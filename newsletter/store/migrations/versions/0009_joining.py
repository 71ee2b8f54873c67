"""People sign up by themselves: what they asked for, the mails that answer them, limits, alerts, fuller proofs."""

import sqlalchemy as sa
from alembic import op

from newsletter.store.types import Utc

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("consent", sa.Column("version", sa.String(length=20), server_default="", nullable=False))
    op.add_column("consent", sa.Column("network", sa.String(length=64), server_default="", nullable=False))
    op.create_table(
        "service_mail",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("request", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("subscriber_id", sa.String(length=40), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default="", nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("delivery_id", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_mail")),
        sa.UniqueConstraint("community", "request", name=op.f("uq_service_mail_community_request")),
    )
    op.create_index(
        op.f("ix_service_mail_community_delivery_id"), "service_mail", ["community", "delivery_id"], unique=False
    )
    op.create_index(
        op.f("ix_service_mail_community_subscriber_id"), "service_mail", ["community", "subscriber_id"], unique=False
    )
    op.create_table(
        "signup",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), server_default="new", nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("digests", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("timezone", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("how", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.String(length=20), server_default="", nullable=False),
        sa.Column("network", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.CheckConstraint("kind IN ('join', 'link')", name=op.f("ck_signup_kind")),
        sa.CheckConstraint("state IN ('new', 'asked', 'confirmed')", name=op.f("ck_signup_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signup")),
    )
    op.create_index(op.f("ix_signup_community_state_at"), "signup", ["community", "state", "at"], unique=False)
    op.create_index(op.f("ix_signup_community_who"), "signup", ["community", "who"], unique=False)
    op.create_table(
        "request_limit",
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("began", Utc(), nullable=False),
        sa.Column("last", Utc(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("community", "name", "key", name=op.f("pk_request_limit")),
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("community", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("community", "kind", "about", name=op.f("uq_alert_community_kind_about")),
    )
