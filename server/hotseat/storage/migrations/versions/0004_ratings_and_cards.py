"""How points came out in each round, and when each is due again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("interview_id", sa.String(32), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("round", sa.Integer, primary_key=True),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("question_id", sa.String(128), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("ratings", sa.JSON, nullable=False),
    )
    op.create_index("ix_ratings_owner_question", "ratings", ["owner", "question_id"])
    op.create_table(
        "cards",
        sa.Column("owner", sa.String(32), primary_key=True),
        sa.Column("question_id", sa.String(128), primary_key=True),
        sa.Column("point_id", sa.String(128), primary_key=True),
        sa.Column("due", sa.Float, nullable=False, index=True),
        sa.Column("reviewed", sa.Float, nullable=False),
        sa.Column("stability", sa.Float, nullable=False),
        sa.Column("difficulty", sa.Float, nullable=False),
    )
