"""The data directory."""

from __future__ import annotations

from pathlib import Path

from hotseat.errors import PlaceError


def prepare_data_dir(data_dir: Path) -> None:
    """Makes the data directory, for its owner alone: it holds voices. Raises PlaceError when it can't be written."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = data_dir / ".writable"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise PlaceError(
            f"the data directory {data_dir} can't be written ({error.strerror}); "
            "choose another with HOTSEAT_DATA_DIR or --data-dir"
        ) from error
