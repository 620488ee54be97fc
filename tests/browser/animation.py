"""Makes the README's animation from the frames that tests.browser.screenshots took.

uv run --with pillow python -m tests.browser.animation FRAMES docs/images/interview.webp
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image  # type: ignore[import-not-found]

SIZE = (960, 600)
QUALITY = 82


def main() -> None:
    frames, out = Path(sys.argv[1]), Path(sys.argv[2])
    paths = sorted(frames.glob("*.png"))
    pictures = [Image.open(path).convert("RGB").resize(SIZE, Image.Resampling.LANCZOS) for path in paths]
    stands_ms = [int(path.stem.split("-")[1]) for path in paths]
    pictures[0].save(out, save_all=True, append_images=pictures[1:], duration=stands_ms, loop=0, quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
