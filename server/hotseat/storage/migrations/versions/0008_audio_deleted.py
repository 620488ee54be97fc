"""When an interview's audio was deleted because it had been kept as long as it was to be."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("interviews", sa.Column("audio_deleted", sa.Float))
