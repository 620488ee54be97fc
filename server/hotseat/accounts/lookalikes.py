"""Finds names that look alike, so that no account can be mistaken for another."""

from __future__ import annotations

import unicodedata

_ALIKE = str.maketrans(
    # Small Cyrillic, Greek and Armenian letters, and digits; below, the Latin letters they are drawn like. Then the capitals of
    # Lisu and Cherokee, which have no small ones that look so.
    "авекмнорстухіїјѕԁԛԝһьгпӏαβεηικμνορτυχγωϲօսոհցɑɡı015|ǀiꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃᎥ",
    "abekmhopctyxlljsdqwhbrnlabenlkuvoptuxywcounhgaglolslllbpdtgkjczfmnlsrvhwxyaelouabcdeghjklmprstvwzl",
)
_BLANK = frozenset((0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)))
"""Characters that Unicode counts as visible but that show nothing."""


def has_blanks(name: str) -> bool:
    return any(ord(character) in _BLANK for character in name)


def outline(name: str) -> str:
    """A skeleton of the name, equal for names that look alike at a glance, in whatever script."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in plain.translate(_ALIKE) if character.isalnum()) or plain
