"""Everything that a rubrics directory holds, loaded once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hotseat.domain.model import Bank
from hotseat.questions.content import load_bank
from hotseat.questions.formats import Catalogue, load_catalogue
from hotseat.questions.study import Study, load_study


@dataclass(frozen=True, slots=True)
class Library:
    """Questions, the formats they are asked in, and what the study pages say about them."""

    bank: Bank
    catalogue: Catalogue
    study: Study


def load_library(rubrics_dir: Path) -> Library:
    """Raises ContentError naming file and field."""
    bank = load_bank(rubrics_dir)
    catalogue = load_catalogue(rubrics_dir)
    return Library(bank, catalogue, load_study(rubrics_dir, bank, catalogue))
