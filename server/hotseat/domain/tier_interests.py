"""Topics that interviewers of each tier like to ask about: derivations, sizes, users or risk."""

from __future__ import annotations

from hotseat.text.normal import tokenize

_LIKES = {
    1: "derive derivation formula prove proof gradient gradients loss theory assumption assumptions experiment ablation "
    "hypothesis predict predicts equation variance distribution exactly mathematically converge exponent",
    2: "memory bandwidth gpu gpus card cards throughput latency tokens second seconds milliseconds bytes gigabytes kilobytes "
    "batch requests load queue cluster node nodes kernel megabytes terabytes replicas",
    3: "user users customer customers product feature measure test tests release ship prompt prompts traffic version team",
    4: "cost costs dollars euros money budget pay pays bill price cheap cheaper expensive risk auditor audit legal compliance "
    "regulator contract manager boss board company incident policy privacy personal liable damage",
}  # fmt: skip
_WORDS = {tier: frozenset(words.split()) for tier, words in _LIKES.items()}


def suits(text: str, tier: int) -> bool:
    """Whether a question has a word that interviewers of this tier like to ask about."""
    return any(token.text in _WORDS.get(tier, ()) for token in tokenize(text))
