"""Where the model answer makes each point, so that a missing one can be shown as it might have been said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from server.core.domain import Point, Question
from server.core.matching import Index
from server.core.normal import tokenize_words
from server.grading.hearing import Span, split_sentences
from server.grading.wording import stems

MAX_SENTENCES = 2
"""That a pattern may reach over."""
MIN_SHARE = 0.3
"""Of a statement's telling words, by weight, that a sentence must hold where no pattern matches in it."""


def covering(question: Question) -> dict[str, str]:
    """Point id to the sentence of the model answer that makes the point, two where it takes two; "" where none does."""
    words = question.model_answer.split()
    sentences = split_sentences(words)
    said = [stems(" ".join(words[start:end])) for start, end in sentences]
    commonness = Counter(stem for sentence in said for stem in sentence)
    index = Index(tokenize_words(words))

    def share(point: Point, place: int) -> float:
        """Of the statement's words, weighted by rarity, the share that a sentence holds."""
        wanted = {stem: 1 / max(1, commonness[stem]) for stem in stems(point.statement)}
        return sum(weight for stem, weight in wanted.items() if stem in said[place]) / sum(wanted.values())

    def best(point: Point) -> str:
        places = range(len(sentences))
        matched = _matched(point, index, sentences)
        options = matched or [(place, place + 1) for place in places if share(point, place) >= MIN_SHARE]
        if not options:
            return ""
        # One sentence rather than two, then the one nearest to the statement.
        first, last = max(options, key=lambda o: (o[0] - o[1], sum(share(point, place) for place in range(*o))))
        return " ".join(words[sentences[first][0] : sentences[last - 1][1]]).rstrip(";")

    return {point.id: best(point) for point in question.points}


def _matched(point: Point, index: Index, sentences: Sequence[Span]) -> list[Span]:
    """Stretches of sentences in which a pattern of the point matches whole."""
    found: set[Span] = set()
    for groups in point.patterns:
        for match in index.matches(groups):
            first, last = index.tokens[match.start].word, index.tokens[match.end - 1].word
            touched = [place for place, (start, end) in enumerate(sentences) if start <= last and first < end]
            if len(touched) <= MAX_SENTENCES:
                found.add((touched[0], touched[-1] + 1))
    return sorted(found)
