"""What is read beside each point, and what that makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray

from server.adapters.embedder import open_embedder
from server.core.domain import PointStatus
from server.grading import credence
from server.grading.asides import without_asides
from server.grading.embedded import EmbeddedGrader
from server.grading.hearing import hear
from server.grading.signals import CLOSE, READ, cut_in_windows, signals
from tests.adapters.test_grading_embedded import LORA, answer


class Counted:
    """An embedder for which everything is alike, or nothing is, and that counts what it is asked to read.

    Like the real one it reads no pair twice. It finds passages as likely to deny a point as to say it, and with a chance of
    ``elsewhere`` to do neither.
    """

    def __init__(self, *, alike: bool, elsewhere: float = 1 / 3) -> None:
        self.alike = alike
        self.pairs: set[tuple[str, str]] = set()
        self.plain_pairs: set[tuple[str, str]] = set()
        self.close_pairs: set[tuple[str, str]] = set()
        self.odds = np.log([(1 - elsewhere) / 2, (1 - elsewhere) / 2, elsewhere])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), 64), np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0 if self.alike else crc32(text.encode()) % 64] = 1.0
        return vectors

    def judge(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.pairs.update(pairs)
        return self._same_of_all(pairs)

    def judge_plainly(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.plain_pairs.update(pairs)
        return self._same_of_all(pairs)

    def judge_closely(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        self.close_pairs.update(pairs)
        return self._same_of_all(pairs)

    def _same_of_all(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return np.hstack([np.tile(self.odds, (len(pairs), 1)), np.zeros((len(pairs), 2))], dtype=np.float32)


TEXT = "The first sentence says one thing. The second one says another. A third comes after that. Then there is a fourth one."


def test_windows_are_clauses_then_neighbours() -> None:
    """Each clause alone, and each two neighbours together; an answer of two words has none."""
    windows = [window.span for window in cut_in_windows([hear(LORA, answer(TEXT))])]
    assert windows == [(0, 6), (6, 11), (11, 16), (16, 22), (0, 11), (6, 16), (11, 22)]
    assert cut_in_windows([hear(LORA, answer("Not really."))]) == ()


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("alike", "each"), [(True, READ), (False, 1)])
def test_only_what_is_near_is_read(alike: bool, each: int, whole: bool) -> None:
    """The whole is read if wanted, and the windows nearest to a point; those nothing like it are not, but for the first."""
    embedder = Counted(alike=alike)
    seen = signals(LORA, [hear(LORA, answer(TEXT))], embedder, whole=whole)
    assert all(len(found.whole) == whole for found in seen.values())
    # Vectors of different texts may coincide by chance, never for all points.
    assert min(len(found.nearest) for found in seen.values()) == each
    assert all(found.matched is None for found in seen.values())
    assert len(embedder.pairs) == sum(len(found.nearest) + len(found.whole) for found in seen.values())
    assert len(embedder.plain_pairs) == (sum(len(found.nearest) for found in seen.values()) if whole else 0)


def test_what_says_nothing_of_a_point_is_read_once() -> None:
    """Neither by the second network nor as a whole, but where a pattern matches."""
    embedder = Counted(alike=True, elsewhere=0.9)
    seen = signals(LORA, [hear(LORA, answer(f"{TEXT} The base weights stay frozen."))], embedder)
    again = [found for found in seen.values() if found.pattern]
    assert 0 < len(again) < len(seen)
    assert all(bool(found.whole) == (found.pattern is not None) for found in seen.values())
    assert len(embedder.plain_pairs) == sum(len(found.readings) for found in again)


@pytest.mark.parametrize("whole", [True, False])
def test_what_keeps_a_statement_s_words_is_read_closely(whole: bool) -> None:
    """Here the shorter of two windows that say the same; while a candidate still speaks nothing else is read closely."""
    point = LORA.points[0]
    embedder = Counted(alike=True)
    said = hear(LORA, answer(f"{point.statement} The second one says another."))
    seen = signals(LORA, [said], embedder, whole=whole)
    found = seen[point.id]
    assert found.close is not None
    assert found.closeness == 1.0
    assert (point.statement, found.close.passage) in embedder.close_pairs
    assert found.close.passage == point.statement
    assert len(embedder.close_pairs) == sum(other.close is not None for other in seen.values())
    if whole:
        assert all((other.close is None) == (other.whole == ()) for other in seen.values())
    else:
        assert len(embedder.close_pairs) < len(seen)
        assert all((other.close is None) == (other.closeness < CLOSE) for other in seen.values())


def test_other_words_are_read_closely_where_they_are_likeliest_to_say_a_point() -> None:
    """A passage that shares no words with the statement is read by the third network as well."""
    embedder = Counted(alike=True)
    said = hear(LORA, answer("You nudge the big thing with two thin ones. Nothing else moves."))
    found = signals(LORA, [said], embedder)[LORA.points[0].id]
    assert found.closeness < CLOSE
    assert found.close is not None and found.best is not None
    assert found.close.passage == found.best.passage
    assert (LORA.points[0].statement, found.close.passage) in embedder.close_pairs


@pytest.fixture(scope="module")
def grader() -> EmbeddedGrader:
    embedder = open_embedder()
    if embedder is None:
        pytest.skip("the local extra is not installed")
    return EmbeddedGrader(embedder)


RIGHT = (
    "The base weights stay frozen, and the update of each layer is the product of two thin matrices, B times A, with low rank."
)
WRONG = (
    "The base weights are all updated, and two thin matrices of low rank, B and A, stay frozen as the product of each layer."
)


def test_what_is_said_scores_above_its_reverse(grader: EmbeddedGrader) -> None:
    """Of two answers with the same words, the right one is likelier to make every point that it makes.

    But for one: that LoRA is cheaper and leaves the base frozen the network believes of both.
    """
    right, wrong = (grader.signals(LORA, [answer(text)]) for text in (RIGHT, WRONG))
    met = [name for name, found in grader.findings(LORA, [answer(RIGHT)]).items() if found.status is PointStatus.MET]
    assert len(met) >= 2
    for name in met:
        assert credence.made(right[name]) > credence.made(wrong[name]) or name == "benefit"


def test_every_feature_has_its_weight(grader: EmbeddedGrader) -> None:
    """The weights were fitted to the features there are."""
    (found, *_) = grader.signals(LORA, [answer(RIGHT)]).values()
    assert set(credence.features(found)) == set(credence.MADE) == set(credence.DENIED)


POLITE = ("Thank you for having me, I was looking forward to today.", "I hope that makes sense so far.")


def test_politeness_is_not_read(grader: EmbeddedGrader) -> None:
    """What an answer says beside the question changes nothing of what is read, not even between two sentences."""
    first, second = TWO_SENTENCES
    plain, padded = (
        grader.signals(LORA, [answer(" ".join(text))]) for text in ((first, second), (POLITE[0], first, POLITE[1], second))
    )
    for name, found in plain.items():
        assert [(r.says, r.denies) for r in padded[name].whole] == [(r.says, r.denies) for r in found.whole]
        assert [(r.says, r.likeness) for r in padded[name].nearest] == [(r.says, r.likeness) for r in found.nearest]


TWO_SENTENCES = (
    "The pretrained base weights stay frozen, nothing in them is touched.",
    "We learn the update of each layer as a product of two thin matrices of low rank.",
)


def test_an_answer_of_nothing_else_stays(grader: EmbeddedGrader) -> None:
    """Politeness alone is read as it is, and makes nothing."""
    findings = grader.findings(LORA, [answer(" ".join(POLITE))])
    assert all(finding.status is PointStatus.NOT_MET for finding in findings.values())
    assert all(found.nearest for found in grader.signals(LORA, [answer(" ".join(POLITE))]).values())


def test_where_a_pattern_matches_is_no_aside(grader: EmbeddedGrader) -> None:
    """However little a clause has of any point: patterns were written for words that the network does not know."""
    heard = hear(LORA, answer(" ".join((POLITE[0], *TWO_SENTENCES))))
    embedder = open_embedder()
    assert embedder is not None
    assert heard.credited[0] not in without_asides(LORA, heard, embedder).credited
    assert without_asides(LORA, heard, embedder, [(2, 4)]) == heard
