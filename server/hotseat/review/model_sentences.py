"""Finds the model answer's sentence for each point, to show how a missing point might have been said."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from hotseat.domain.model import Point, PointTier, Question, Transcript
from hotseat.grading.clauses import sentence_spans
from hotseat.text.normal import tokenize
from hotseat.text.stems import stem

MIN_SHARE = 0.3
"""A sentence makes a point if it has this share of its statement's or a phrasing's content words, weighted by rarity."""
_FUNCTION_WORDS = """
is are was were be been am do does did has have had can could will would should may might must to of in on at by for from
with into onto over under as than that which who what when where while because so since if then but not no we you they
it he she i me us them this these those there here its their your our my how why the a an before after first per each
all only more less most against between both out up down back off about roughly like through very too much many again
still just instead without during until once and or
"""
_FUNCTION_STEMS = frozenset(map(stem, _FUNCTION_WORDS.split()))


@lru_cache(maxsize=512)
def model_sentences(question: Question) -> dict[str, str]:
    """Point id to the model answer's sentence that makes the point; "" if none does."""
    words = Transcript.of_typed(question.model_answer).words
    sentences = [" ".join(word.text for word in words[start:end]).rstrip(";") for start, end in sentence_spans(words)]
    stems = [_stems(sentence) for sentence in sentences]
    commonness = Counter(stem for sentence in stems for stem in sentence)

    def best(point: Point) -> str:
        texts = [_stems(text) for text in (point.statement, *point.phrasings)]

        def share(place: int) -> float:
            """Share of the statement's or a phrasing's words that a sentence holds, weighted by rarity."""
            shares = []
            for wanted in texts:
                weights = {stem: 1 / max(1, commonness[stem]) for stem in wanted}
                shares.append(sum(w for stem, w in weights.items() if stem in stems[place]) / max(1e-9, sum(weights.values())))
            return max(shares)

        place = max(range(len(sentences)), key=share, default=None)
        return sentences[place] if place is not None and share(place) >= MIN_SHARE else ""

    found = {point.id: best(point) for point in question.points}
    for criterion in question.criteria:  # a sentence that makes a strong point shows the lean ones, too
        shown = next((found[p.id] for p in criterion.points if p.tier is PointTier.STRONG and found[p.id]), "")
        found |= {point.id: shown for point in criterion.points if not found[point.id] and point.tier is PointTier.LEAN}
    return found


def _stems(text: str) -> frozenset[str]:
    return frozenset(token.stem for token in tokenize(text)) - _FUNCTION_STEMS
