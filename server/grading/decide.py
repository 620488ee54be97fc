"""From signals to the status of one point, by declared numbers."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from server.core.domain import PointFinding, PointStatus
from server.core.evidence import evidence_between
from server.grading.credence import denied, made, probability, scores
from server.grading.explaining import looks_listed
from server.grading.signals import Found, Signals


@dataclass(frozen=True, slots=True)
class Cuts:
    """Likeness is a cosine, scores are log odds."""

    made: float = -0.5
    """Score from which a point is made."""
    clear: float = 2.5
    """How much likelier than its reverse a point has to be."""
    denied: float = 1.0
    """Score from which a point not made is contradicted."""
    sure: float = 0.2
    """Score from which a point stands without others beside it."""
    beside: float = 1.0
    """How much less likely than the likeliest passage a pattern's match may be to say the point and still be quoted for it."""
    claim_margin: float = 0.0
    """Margin from which a lone match of a contradiction pattern is called a contradiction ..."""
    claim_stance: float = 0.1
    """... and what each unit of log odds that it says the point adds to that."""
    claim_floor: float = -0.2
    """Margin from which it withholds credit; below it is chance."""
    many_claims: int = 3
    """Points so matched from which an answer's claims are believed whatever their margins."""
    claim_step: float = 0.6
    """By how much every claim of the answer, up to two, raises the bar for all points."""
    named: float = 0.16
    """Share of key terms among the words of an answer from which the bar is raised as by two claims, and a lone point is chance
    (docs/decisions/0012)."""
    astray: float = -0.06
    """Lead of the question's words over other topics' below which an answer is about something else
    (``Subjects.lead``, docs/decisions/0028)."""
    ordered: float = -0.1
    """``word_order.order`` below which words are shuffled, not spoken (docs/decisions/0029)."""
    lone_likeness: float = 0.45
    """Likeness needed of a lone match of a pattern that is not sure."""
    alone: float = 0.75
    """Score needed of the only point an answer meets; chance finds one now and then."""
    enumerated: float = 2.0
    """Score from which a bare list of terms makes the point, as some points are lists (docs/decisions/0025) ..."""
    enumerated_named: float = 0.1
    """... in an answer with a smaller share of key terms than this ..."""
    enumerated_beside: int = 2
    """... that makes so many others by more than a list."""


DEFAULT = Cuts()
GLANCE = Cuts(made=-1.3, clear=0.5)
"""For what one network reads passages only: with half of what scores are made of, they stay nearer to the middle."""
IN_OTHER_WORDS = "said in other words"
AS_A_LIST = "said as a list"
UNEXPLAINED = "named without explanation"
OPPOSITE, MAYBE_OPPOSITE = "says the opposite", "may say the opposite"


def decide(signals: Signals, *, with_likeness: bool, cuts: Cuts = DEFAULT, claims: int = 0) -> PointFinding:
    """The finding with its evidence. Contradictions outweigh mentions.

    claims: how many points of the answer seem to be contradicted. Where there are many a doubtful one is no
    accident, and the more there are the more strictly is read what sounds right.
    """
    enough = cuts.claim_margin + cuts.claim_stance * signals.claim_stance
    if signals.claim and (claims >= cuts.many_claims or not with_likeness or signals.claim_margin >= enough):
        return _finding(signals, PointStatus.CONTRADICTED, signals.claim, OPPOSITE, 0.9)
    if signals.claim and signals.claim_margin >= cuts.claim_floor:
        return PointFinding(signals.point.id, PointStatus.NOT_MET, None, MAYBE_OPPOSITE, 0.5)
    if not with_likeness:
        if signals.pattern:
            return _finding(signals, PointStatus.MET, signals.pattern, "", 0.8)
        return _not_met(signals)
    likely, reverse = scores(signals)
    score = likely - cuts.claim_step * min(claims, 2)
    clear = likely - reverse >= cuts.clear
    if score >= cuts.made and clear:
        if shown := _shown(signals, cuts):
            note = "" if shown is signals.pattern else IN_OTHER_WORDS
            return _finding(signals, PointStatus.MET, shown, note, _confidence(score))
        if score >= cuts.enumerated and signals.named < cuts.enumerated_named and signals.best:
            return _finding(signals, PointStatus.MET, signals.best.found, AS_A_LIST, _confidence(score))
    against = max(signals.may_deny, key=lambda reading: reading.denies, default=None)
    if against and reverse >= cuts.denied:
        return _finding(signals, PointStatus.CONTRADICTED, against.found, OPPOSITE, 0.7)
    if score >= cuts.made and not clear:
        return PointFinding(signals.point.id, PointStatus.NOT_MET, None, MAYBE_OPPOSITE, 0.5)
    return _not_met(signals)


def _shown(signals: Signals, cuts: Cuts) -> Found | None:
    """Where the point is made, if it is and not by a bare list: the pattern's match rather than a whole clause."""
    best = signals.best
    if signals.matched and best and signals.matched.says >= best.says - cuts.beside:
        found = signals.pattern
    else:
        explaining = [reading for reading in signals.readings if reading.explains]
        found = max(explaining, key=lambda reading: reading.says).found if explaining else None
    return found if found and not looks_listed(found.heard, found.span) else None


def _not_met(signals: Signals) -> PointFinding:
    best = signals.best
    if signals.pattern and best and best.stance < 0:
        note = MAYBE_OPPOSITE
    else:
        note = UNEXPLAINED if signals.listed else "denied" if signals.negated else ""
    return PointFinding(signals.point.id, PointStatus.NOT_MET, None, note, 1 - min(0.6, signals.likeness))


def _confidence(score: float) -> float:
    """The odds as a probability, as far as the networks' word goes."""
    return min(0.95, probability(score))


def decide_all(signals: Mapping[str, Signals], *, with_likeness: bool, cuts: Cuts = DEFAULT) -> dict[str, PointFinding]:
    """A finding for every point."""
    claims = sum(
        (found.claim is not None and found.claim_margin >= cuts.claim_floor)
        or (bool(found.readings) and denied(found) >= cuts.denied)
        for found in signals.values()
    )
    if _talks_to_grader(signals):
        claims = max(claims, cuts.many_claims)  # as strictly as an answer full of false claims
    if _strung_together(signals, cuts):
        claims = max(claims, 2)
    findings = {
        point_id: decide(found, with_likeness=with_likeness, cuts=cuts, claims=claims) for point_id, found in signals.items()
    }
    return corroborated(_without_lone_lists(findings, cuts), signals, with_likeness=with_likeness, cuts=cuts)


def _without_lone_lists(findings: Mapping[str, PointFinding], cuts: Cuts) -> dict[str, PointFinding]:
    """Lists count beside points that are explained; by themselves they are a salad."""
    met = {name: finding.note for name, finding in findings.items() if finding.status is PointStatus.MET}
    lists = {name for name, note in met.items() if note == AS_A_LIST}
    return _without(lists if len(met) - len(lists) < cuts.enumerated_beside else set(), findings, UNEXPLAINED)


def _without(names: Set[str], findings: Mapping[str, PointFinding], note: str) -> dict[str, PointFinding]:
    """These points not met after all, and why."""
    return {k: PointFinding(k, PointStatus.NOT_MET, None, note, 0.5) if k in names else f for k, f in findings.items()}


def corroborated(
    findings: Mapping[str, PointFinding], signals: Mapping[str, Signals], *, with_likeness: bool, cuts: Cuts = DEFAULT
) -> dict[str, PointFinding]:
    """The findings without those too weak to stand alone: words other than a pattern's count beside two that are stronger."""
    met = {name: signals[name] for name, finding in findings.items() if finding.status is PointStatus.MET}
    strong = {name for name, found in met.items() if made(found) >= cuts.sure}
    matched = strong | {name for name in met if findings[name].note != IN_OTHER_WORDS}
    if len(matched) >= 2 or not with_likeness:
        return dict(findings)
    if len(met) == 1:
        (name,) = met
        in_other_words = findings[name].note == IN_OTHER_WORDS
        chance = _strung_together(signals, cuts) or (in_other_words and _talks_to_grader(signals))
        doubted = chance or made(met[name]) < cuts.alone or _pieced_together(findings[name], met[name])
        weak = {name} if doubted else set()
    else:
        weak = {name for name, found in met.items() if name not in strong and not (name in matched and _near(found, cuts))}
    return _without(weak, findings, "too little to go on")


def _strung_together(signals: Mapping[str, Signals], cuts: Cuts) -> bool:
    """Whether an answer names more than anybody does who explains."""
    return any(found.named >= cuts.named for found in signals.values())


def _talks_to_grader(signals: Mapping[str, Signals]) -> bool:
    return any(reading.found.heard.talks_to_grader for found in signals.values() for reading in found.readings)


def _pieced_together(finding: PointFinding, signals: Signals) -> bool:
    """Whether only a match over several sentences shows it; terms strung together make some of those."""
    return finding.note != IN_OTHER_WORDS and signals.across_sentences


def _near(signals: Signals, cuts: Cuts) -> bool:
    return signals.matched is not None and signals.matched.likeness >= cuts.lone_likeness


def _finding(signals: Signals, status: PointStatus, found: Found | None, note: str, confidence: float) -> PointFinding:
    assert found is not None
    answer = found.heard.answer
    evidence = evidence_between(answer.transcript, found.span[0], found.span[1], answer.turn_id)
    return PointFinding(signals.point.id, status, evidence, note, round(confidence, 2))
