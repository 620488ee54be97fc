"""Shortens a User-Agent header to what people need to recognise their own browser. Nothing else of it is stored."""

from __future__ import annotations

_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrom": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows",
    "CrOS": "ChromeOS", "Mac OS X": "macOS", "Linux": "Linux",
}  # fmt: skip
"""In the order in which they are looked for: the later ones occur in what the earlier ones say, too."""


def browser_of(user_agent: str) -> str:
    """Such as "Firefox on Linux"; empty for an unknown one."""
    browser, system = (
        next((name for mark, name in names.items() if mark in user_agent), "") for names in (_BROWSERS, _SYSTEMS)
    )
    return f"{browser} on {system}" if browser and system else browser or system
