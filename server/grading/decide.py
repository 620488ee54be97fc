"""From signals to the status of one point, by declared numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.core.domain import PointFinding, PointStatus
from server.core.evidence import evidence_between
from server.grading.credence import credence
from server.grading.explaining import looks_listed
from server.grading.signals import Found, Signals


@dataclass(frozen=True, slots=True)
class Cuts:
    """Likeness is a cosine; support a share of pattern groups."""

    pattern_likeness: float = 0.20
    """A pattern match in a passage less like the point than this is taken for chance."""
    far_pattern_likeness: float = 0.40
    """The same for a match that runs over the end of a sentence."""
    likeness: float = 0.57
    """Likeness that stands in for a full pattern match, given ``support``."""
    support: float = 0.5
    negated_likeness: float = 0.70
    """Likeness that outweighs a negator before one of the words of a pattern."""
    clash_likeness: float = 0.9
    """Likeness needed where the clause holds an opposite, an absolute or a negation of its own."""
    doubt_margin: float = 0.08
    """By how much it must exceed likeness to a contradiction."""
    stance: float = 1.0
    """Log odds needed that the nearest clause says the point rather than its reverse."""
    claim_margin: float = 0.0
    """Margin from which a lone match of a contradiction pattern is called a contradiction ..."""
    claim_stance: float = 0.1
    """... and what each unit of log odds that it says the point adds to that."""
    claim_floor: float = -0.2
    """Margin from which it withholds credit; below it is chance."""
    many_claims: int = 3
    """Points so matched from which an answer's claims are believed whatever their margins."""
    claim_score: float = 0.78
    """Nearness to a contradiction (claims.Claim.score) from which a point earns nothing by likeness."""

    claim_score_beside: float = 0.92
    """The same where a pattern of the point matched too."""
    credence: float = -0.3
    """Log odds below which a match may say the reverse of its point and earns nothing."""
    claim_step: float = 0.8
    """By how much every claim of the answer, up to two, raises that bar for all points."""
    closeness: float = 0.86
    """Mean likeness over all points plus that over the nearest three; below it an answer is about something else ..."""
    matched_share: float = 0.4
    """... unless it matches this share of the points."""
    lone_likeness: float = 0.45
    """Likeness needed of the only point an answer meets; chance finds one now and then."""


DEFAULT = Cuts()
IN_OTHER_WORDS = "said in other words"


def decide(signals: Signals, *, with_likeness: bool, cuts: Cuts = DEFAULT, claims: int = 0) -> PointFinding:
    """The finding with its evidence. Contradictions outweigh mentions.

    claims: how many points of the answer are contradicted, as far as patterns tell. Where there are many a doubtful one is no
    accident, and the more there are the more strictly is read what sounds right.
    """
    enough = cuts.claim_margin + cuts.claim_stance * signals.claim_stance
    if signals.claim and (claims >= cuts.many_claims or not with_likeness or signals.claim_margin >= enough):
        return _finding(signals, PointStatus.CONTRADICTED, signals.claim, "says the opposite", 0.9)
    if signals.claim and signals.claim_margin >= cuts.claim_floor:
        return PointFinding(signals.point.id, PointStatus.NOT_MET, None, "may say the opposite", 0.5)
    needed = cuts.claim_score_beside if signals.pattern else cuts.claim_score
    if with_likeness and signals.claim_score >= needed:
        # Likeness can't tell a claim from its denial well enough to accuse anyone of it, only to withhold credit.
        return PointFinding(signals.point.id, PointStatus.NOT_MET, None, "close to a known wrong claim", 0.5)
    if signals.pattern and not with_likeness:
        return _finding(signals, PointStatus.MET, signals.pattern, "", 0.8)
    bar = cuts.credence + cuts.claim_step * min(claims, 2)
    if signals.pattern:
        needed = cuts.pattern_likeness if signals.pattern.within_sentence else cuts.far_pattern_likeness
        believed = credence(signals.features) >= bar
        if signals.likeness_at_pattern >= needed and believed:
            return _finding(signals, PointStatus.MET, signals.pattern, "", min(0.95, 0.5 + signals.likeness_at_pattern / 2))
        if not believed:
            return PointFinding(signals.point.id, PointStatus.NOT_MET, None, "may say the opposite", 0.5)
    needed = cuts.negated_likeness if signals.negated else cuts.likeness
    closest = signals.closest
    if (
        with_likeness
        and claims < cuts.many_claims
        and closest
        and signals.likeness >= max(needed, signals.doubt + cuts.doubt_margin)
        and signals.support >= cuts.support
        and signals.closest_stance >= cuts.stance
        and (not signals.clashes or signals.likeness >= cuts.clash_likeness)
        and not looks_listed(closest.heard, closest.span)
    ):
        return _finding(signals, PointStatus.MET, signals.closest, IN_OTHER_WORDS, 0.65)
    note = "named without explanation" if signals.listed else "denied" if signals.negated else ""
    return PointFinding(signals.point.id, PointStatus.NOT_MET, None, note, 1 - min(0.6, signals.likeness))


def decide_all(signals: Mapping[str, Signals], *, with_likeness: bool, cuts: Cuts = DEFAULT) -> dict[str, PointFinding]:
    """A finding for every point."""
    claims = sum(found.claim is not None and found.claim_margin >= cuts.claim_floor for found in signals.values())
    if with_likeness and is_stray(signals, cuts):
        return {
            name: PointFinding(name, PointStatus.NOT_MET, None, "the answer is about something else", 0.7) for name in signals
        }
    if any(found.closest and found.closest.heard.talks_to_grader for found in signals.values()):
        claims = max(claims, cuts.many_claims)  # as strictly as an answer full of false claims
    findings = {
        point_id: decide(found, with_likeness=with_likeness, cuts=cuts, claims=claims) for point_id, found in signals.items()
    }
    return corroborated(findings, signals, with_likeness=with_likeness, cuts=cuts)


def is_stray(signals: Mapping[str, Signals], cuts: Cuts = DEFAULT) -> bool:
    """Whether an answer is hardly about the question's points, so that what it matches is likely chance."""
    likeness = sorted((found.likeness for found in signals.values()), reverse=True)
    nearest = likeness[:3]
    matched = sum(found.pattern is not None for found in signals.values()) / len(likeness)
    return matched < cuts.matched_share and sum(likeness) / len(likeness) + sum(nearest) / len(nearest) < cuts.closeness


def corroborated(
    findings: Mapping[str, PointFinding], signals: Mapping[str, Signals], *, with_likeness: bool, cuts: Cuts = DEFAULT
) -> dict[str, PointFinding]:
    """The findings without those too weak to stand alone.

    Likeness counts only beside two matches, and a lone match needs likeness.
    """
    met = [finding for finding in findings.values() if finding.status is PointStatus.MET]
    matched = [finding for finding in met if finding.note != IN_OTHER_WORDS]
    if len(matched) >= 2 or not with_likeness:
        return dict(findings)
    weak = {finding.point_id for finding in met if finding.note == IN_OTHER_WORDS}
    weak |= {finding.point_id for finding in matched if signals[finding.point_id].likeness_at_pattern < cuts.lone_likeness}
    note = "too little to go on"
    return {k: PointFinding(k, PointStatus.NOT_MET, None, note, 0.5) if k in weak else f for k, f in findings.items()}


def _finding(signals: Signals, status: PointStatus, found: Found | None, note: str, confidence: float) -> PointFinding:
    assert found is not None
    answer = found.heard.answer
    evidence = evidence_between(answer.transcript, found.span[0], found.span[1], answer.turn_id)
    return PointFinding(signals.point.id, status, evidence, note, round(confidence, 2))
