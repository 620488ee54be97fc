"""Which process runs an interview, and which processes are alive."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("interviews", sa.Column("replica", sa.String(32), nullable=True))
    op.add_column("interviews", sa.Column("term", sa.Integer, nullable=False, server_default="0"))
    op.create_index("ix_interviews_replica", "interviews", ["replica"])
    op.create_table(
        "replicas",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("beat", sa.Integer, nullable=False),
    )
    # The next process to start looks at them all, and goes on with those that were owed something.
    op.execute("UPDATE interviews SET replica = 'before'")
