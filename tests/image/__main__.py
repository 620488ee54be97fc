"""``python -m tests.image``: builds both images, holds an interview in the full one, and prints the measurements.

``--base DIR`` uses an existing debootstrap folder; ``--built`` uses the images of an earlier run.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from tests.audio.speech import say, write
from tests.image.building import build, inspected, make_base
from tests.image.sitting import sit_in

FULL, SLIM = "localhost/hotseat:test", "localhost/hotseat:test-slim"
SPOKEN = "It freezes the base model and learns the update as a product of two low rank matrices."


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--base", type=Path)
    options.add_argument("--built", action="store_true")
    chosen = options.parse_args()
    found: dict[str, object] = {}
    if not chosen.built:
        make_base(chosen.base)
        for tag, target in ((SLIM, "slim"), (FULL, None)):
            began = time.monotonic()
            build(tag, target)
            found[f"{tag} built in s"] = round(time.monotonic() - began)
    found["slim megabytes"] = round(inspected(SLIM)["bytes"] / 1e6)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "spoken.wav"
        write(answer, say(SPOKEN))
        found |= sit_in(FULL, Path(folder) / "data", answer)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
