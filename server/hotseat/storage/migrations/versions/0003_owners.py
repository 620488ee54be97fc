"""Whose each interview, assessment and choice is. What is there belongs to "local": the one person of a server without
accounts, and later the first owner, whose account takes that id."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_LOCAL = sa.text("'local'")


def upgrade() -> None:
    op.add_column("interviews", sa.Column("owner", sa.String(32), nullable=False, server_default=_LOCAL))
    op.create_index("ix_interviews_owner_created", "interviews", ["owner", "created"])
    op.add_column("assessments", sa.Column("owner", sa.String(32), nullable=False, server_default=_LOCAL))
    # A name is one person's: the primary key changes, which SQLite can only do by copying.
    op.rename_table("settings", "settings_before")
    op.create_table(
        "settings",
        sa.Column("owner", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
    )
    op.execute("INSERT INTO settings (owner, name, value) SELECT 'local', name, value FROM settings_before")
    op.drop_table("settings_before")
