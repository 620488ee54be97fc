"""Study paths from rubrics/paths.toml: for each role, the topics of every week."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hotseat.questions.content import Slug, Text, TierNumber
from hotseat.strict_model import StrictModel


class Week(StrictModel):
    topics: Annotated[list[Slug], Field(min_length=1)]
    focus: Text


class StudyPath(StrictModel):
    id: Slug
    title: Text
    roles: Annotated[list[Text], Field(min_length=1)]
    companies: Text
    tier: TierNumber
    week: Annotated[list[Week], Field(min_length=1)]

    def shares(self) -> dict[str, float]:
        """Topic id to the share of the path's time it gets; sums to 1."""
        shares: dict[str, float] = {}
        for week in self.week:
            for topic in week.topics:
                shares[topic] = shares.get(topic, 0.0) + 1 / len(week.topics) / len(self.week)
        return shares


class PathsFile(StrictModel):
    path: Annotated[list[StudyPath], Field(min_length=1)]
