"""From which browser and address each session was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("browser", sa.String(64), nullable=False, server_default=""))
    op.add_column("sessions", sa.Column("address", sa.String(64), nullable=False, server_default=""))
