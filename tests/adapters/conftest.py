"""What several tests of adapters and graders need."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.adapters.embedder import open_embedder
from server.bank.content import load_bank
from server.grading.embedded import EmbeddedGrader

BANK = load_bank(Path(__file__).parents[2] / "rubrics")


@pytest.fixture(scope="module", params=["patterns", "likeness"])
def grader(request: pytest.FixtureRequest) -> EmbeddedGrader:
    if request.param == "patterns":
        return EmbeddedGrader(versions=BANK.versions)
    embedder = open_embedder()
    if embedder is None:
        pytest.skip("the local extra is not installed")
    return EmbeddedGrader(embedder, versions=BANK.versions)
