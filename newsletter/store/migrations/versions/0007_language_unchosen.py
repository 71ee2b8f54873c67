"""Nobody could choose a language before: what stands there is no choice, and the community's is meant."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("UPDATE subscriber SET language = '' WHERE language = 'en'")
