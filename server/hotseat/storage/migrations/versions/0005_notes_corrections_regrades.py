"""What the candidate adds to an interview once it is over: notes, corrections of misheard words, later grades."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _interview() -> sa.Column[str]:
    return sa.Column("interview_id", sa.String(32), sa.ForeignKey("interviews.id", ondelete="CASCADE"), primary_key=True)


def upgrade() -> None:
    op.create_table(
        "notes",
        _interview(),
        sa.Column("round", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("changed", sa.Float, nullable=False),
    )
    op.create_table(
        "corrections",
        _interview(),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("turn_id", sa.Integer, nullable=False),
        sa.Column("word", sa.Integer, nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
    )
    op.create_table(
        "regrades",
        _interview(),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("grade", sa.JSON, nullable=False),
        sa.Column("ruling", sa.JSON, nullable=False),
        sa.Column("made", sa.Float, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
    )
