"""What the signs and the networks' states make of a point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from server.adapters.embedder import STATE_SIZE, open_embedder
from server.grading import credence
from server.grading.embedded import EmbeddedGrader
from server.grading.hearing import hear
from server.grading.signals import Found, Reading, Signals
from server.grading.standing import Standing
from tests.adapters.test_grading_embedded import LORA, answer
from tests.bench.grading import fit_credence
from tests.bench.grading.sentences import model_answer

STORED = np.load(credence.WORTH)
PLACES = {"passage": 2 * STATE_SIZE, "whole": STATE_SIZE}


def reading(states: NDArray[np.float32]) -> Reading:
    found = Found(hear(LORA, answer("It trains two small matrices.")), (0, 5))
    return Reading(found, "It trains two small matrices.", 0.5, denies=-2.0, says=-0.5, explains=True, states=states)


def test_where_nothing_was_read_signs_decide() -> None:
    """Patterns alone are no reason to open the file, and have scores."""
    seen = Signals(LORA.points[0])
    assert credence.made(seen) < credence.made(replace(seen, support=1.0))


@pytest.mark.parametrize("place", PLACES)
def test_states_move_the_scores(place: str) -> None:
    """Where the mean of the states is they add nothing; from there each score rises the way its weights point."""
    usual = {name: reading(STORED[f"{name}_usual"]) for name in PLACES}
    seen = Signals(LORA.points[0], nearest=(usual["passage"],), whole=(usual["whole"],))
    unread = replace(seen, nearest=(reading(np.zeros(0, np.float32)),), whole=(reading(np.zeros(0, np.float32)),))
    assert credence.made(seen) == pytest.approx(credence.made(unread), abs=1e-4)
    for column, score in enumerate((credence.made, credence.denied)):
        worth = STORED[place][:, column]
        moved = reading(STORED[f"{place}_usual"] + worth / float(worth @ worth))
        there = replace(seen, nearest=(moved,)) if place == "passage" else replace(seen, whole=(moved,))
        assert score(there) - score(seen) == pytest.approx(1, abs=1e-2)


def test_one_network_alone_is_half_of_them() -> None:
    """While a candidate still speaks only the first one reads."""
    first = STORED["passage"][:STATE_SIZE, 0]
    alone = reading(STORED["passage_usual"][:STATE_SIZE] + first / float(first @ first))
    usual = reading(STORED["passage_usual"])
    seen = Signals(LORA.points[0], nearest=(alone,))
    assert credence.made(seen) - credence.made(replace(seen, nearest=(usual,))) == pytest.approx(1, abs=1e-2)


def test_what_is_read_closely_is_weighed_against_the_rest() -> None:
    """Every sign has its weight, and what the third network says moves both scores, the more the closer the passage."""
    assert set(credence.close_features(0.0, 0.0, -0.1, -3.0, 1.0)) == set(credence.CLOSE_MADE) == set(credence.CLOSE_DENIED)
    moved = []
    for passage in ("It trains two small matrices.", LORA.points[0].statement):
        said = replace(reading(np.zeros(0, np.float32)), passage=passage, says=-0.1, denies=-3.0)
        seen = Signals(LORA.points[0], nearest=(said,), close=said)
        reversed_ = replace(seen, close=replace(said, says=-3.0, denies=-0.1))
        assert credence.made(seen) > credence.made(reversed_)
        assert credence.denied(seen) < credence.denied(reversed_)
        moved.append(credence.made(seen) - credence.made(reversed_))
    assert moved[1] > moved[0]


def test_in_a_long_answer_the_small_network_weighs_what_is_read_closely() -> None:
    """Every value has its weights, and what the third network says moves both scores there, too."""
    said = replace(reading(np.zeros(0, np.float32)), says=-0.1, denies=-3.0)
    seen = Signals(LORA.points[0], nearest=(said,), close=said, standing=Standing(0.5, 0.2, 0.2, 0.6, 0.3))
    assert len(credence.weighed_values(0.0, 0.0, seen)) == len(STORED["usual"]) == len(STORED["inner"])
    reversed_ = replace(seen, close=replace(said, says=-3.0, denies=-0.1))
    assert credence.made(seen) > credence.made(reversed_)
    assert credence.denied(seen) < credence.denied(reversed_)
    assert credence.made(seen) != credence.made(replace(seen, standing=None))


def test_states_are_what_is_fitted() -> None:
    """A row of the fit holds the states that its scores are made of, place by place."""
    embedder = open_embedder()
    if embedder is None:
        pytest.skip("the local extra is not installed")
    item = model_answer(LORA)
    seen = EmbeddedGrader(embedder).signals(LORA, [answer(item.text)])
    rows = list(fit_credence.rows("model", LORA, item, seen))
    assert len(rows) == len(LORA.points)
    for row, found in zip(rows, seen.values(), strict=True):
        best, whole = found.best, found.as_a_whole
        assert best is not None and whole is not None
        assert (row.states[fit_credence.PLACES["passage"]] == best.states).all()
        assert (row.states[fit_credence.PLACES["whole"]] == whole.states).all()
