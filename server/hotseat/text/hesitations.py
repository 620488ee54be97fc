"""Sounds of hesitation, as recognisers and people write them."""

HESITATIONS = frozenset("um umm uhm ehm uh uhh er erm ah eh hm hmm mm mhm".split())
"""Folded and without punctuation."""
