"""Who an account's person is at the OpenID Connect provider."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("accounts", sa.Column("subject", sa.String(64), nullable=True))
    op.create_index("accounts_subject", "accounts", ["subject"], unique=True)
