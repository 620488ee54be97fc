"""Picks a quote to say back to the candidate: a clause of their answer that makes sense by itself, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from hotseat.domain.evidence import bare
from hotseat.domain.model import Answer, Evidence, Word
from hotseat.grading.clauses import Span, sentence_spans
from hotseat.session.wording import takes_back

SHORTEST, LONGEST = 3, 16
"""Words of a quote: enough to be understood, few enough to be said in one breath."""
MISHEARD = 0.5
"""A word of lower probability may be misheard, which the page marks (DOUBTFUL in transcript.js), and isn't said back."""

_CONNECTIVES = frozenset("and but so because since while whereas though then if when unless until once".split())
"""Words before which a clause may begin."""
_OPINIONS = r"i think|i guess|i'd guess|i mean|i believe|i suppose|i'd say|i would say|you know|let's say"
_OPENINGS = re.compile(
    rf"^(?:(?:and|but|so|because|since|then|also|well|basically|actually|like|okay|ok|yeah|yes|yep|um|uh|er|hmm|right|honestly"
    rf"|maybe|probably|obviously|normally|generally|of course|for me|as far as i know|in my opinion|to be honest|{_OPINIONS})"
    r"\b[,\s]*)+",
    re.I,
)
_ENDINGS = re.compile(
    r"(?:[,\s]+(?:basically|probably|obviously|actually|honestly|pretty much|more or less|kind of|sort of|or so|anyway"
    rf"|{_OPINIONS})|,\s*(?:right|roughly|yeah))+$",
    re.I,
)
_ASIDES = re.compile(rf"\b(?:um|uh|er|hmm|let me|{_OPINIONS})\b", re.I)
_HEDGED = re.compile(
    r"\b(?:some|many|most) people\b|\bmisconception\b|\bmyth\b|\byou (?:might|may|could) think\b|\bnot sure\b|\bdon't know\b"
    r"|\bthey say\b|\bpeople (?:say|think|believe)\b|\bit's (?:wrong|false|not true)\b|\bI used to\b|\bsorry\b|\bno wait\b",
    re.I,
)
"""Phrases after which the speaker isn't claiming what they say."""
_CONDITIONS = frozenset("if when whenever unless until without except only although instead whether once while".split())
"""A clause changes its meaning if the clause beside it that begins with one of these is cut off."""
_DEPENDENT = _CONDITIONS | {"because", "since", "as", "which", "whereas", "though", "after", "before"}
"""A clause that begins with one of these is not a sentence by itself."""
_ADVERBIAL = frozenset("in with for at on by from as after before during under overall".split()) | _CONDITIONS
"""Words that may begin a phrase without a verb before the main clause: "in training, it grows"."""
_TOPIC_ENDS = re.compile(r"[,:]\s+")
_MARKS = re.compile(r"[\"\u201c\u201d]|(?:^|\s)['\u2018]")
"""A quotation within the quote."""
_EDGES = ' ,;:.!—-"“”'
_SUBJECTS = frozenset("it they you we i this that these those he she there everything nothing everyone nobody people".split())
_SHORTENED = re.compile(r"^(?:it|that|they|you|we|i|there|he|she)['’](?:s|re|ll|d|ve|m)$", re.I)
_VERBS = frozenset(
    """
is are was were isn't aren't can can't cannot will won't would could should must may might has have had do does did doesn't
don't didn't be makes make uses takes take needs adds add trains train learns learn reduces reduce increases increase keeps
keep gives give gets get lets let means mean costs saves runs run reads writes works updates freezes freeze changes improves
improve removes remove slows slow speeds grows grow depends depend stays stay goes go comes come helps help happens happen
predicts predict generates generate computes loads fits fit requires require allows allow prevents prevent stops stop holds
hold contains contain returns splits sends send sees see knows know wants want becomes become guarantees guarantee solves
solve fixes breaks compares quantizes merges retrieves retrieve doubles triples falls hurts hurt confuses passes drops skips
picks finds says look looks find call calls went got took made came brought identifies beats dies die continue continues
carry carries fails hide hides crash crashes put puts pull pulls watch compare pay pays cuts agree deploy test ask asks
move moves
""".split()
)
_NO_START = frozenset("which who that whose to not until except whether instead only or nor how why where of say like".split())
_RELATIVE = frozenset("who which that whose".split())
_DANGLING = frozenset(
    "the a an and or but of to in on at for with from by as is are was were be that which because so than then if when i it's "
    "very really just like not um uh er your our their its my".split()
)
_FIRST_PERSON = frozenset("i i'm i'd i've i'll me my mine we we're we'd we've we'll us our ours".split())
_ADDRESSED = {"you", "your", "yours", "yourself", "you'd", "you'll", "you're", "you've"}
_SECOND_PERSON = {
    "i": "you", "me": "you", "my": "your", "we": "you", "us": "you", "our": "your", "i'm": "you're", "we're": "you're",
    "i'd": "you'd", "we'd": "you'd", "i've": "you've", "we've": "you've", "i'll": "you'll", "we'll": "you'll",
}  # fmt: skip


def said_back(quote: str) -> str:
    """The quote as it follows "you said": in quotation marks, or in the second person if the candidate says "I" or "we".

    A listener doesn't hear quotation marks, and would take "you said I'd merge it" for the interviewer's intention.
    """
    if not _FIRST_PERSON & {word.strip(".,;:").lower().replace("’", "'") for word in quote.split()}:
        return f"\u201c{quote}\u201d"
    words = [_SECOND_PERSON.get(word.lower(), word) for word in quote.split()]
    for at, (who, verb) in enumerate(pairwise(words)):
        if who == "you":
            words[at + 1] = {"am": "are", "was": "were"}.get(verb, verb)
    return " ".join(words)


def clause_of(answers: Sequence[Answer], evidence: Evidence) -> str | None:
    """The clause or clauses around the evidence, as they were said; None if they make no sentence by themselves or a word of
    theirs may be misheard."""
    answer = next((answer for answer in answers if answer.turn_id == evidence.turn_id), None)
    if answer is None:
        return None
    words = answer.transcript.words
    span = (evidence.word_start, evidence.word_end)
    sentence = max(sentence_spans(words), key=lambda other: _shared(other, span), default=None)
    if sentence is None or _shared(sentence, span) <= 0:
        return None
    whole = [word.text for word in words[slice(*sentence)]]
    said = " ".join(whole)
    if _HEDGED.search(said) or takes_back(said) or said.endswith("?"):
        return None
    span = (span[0] - sentence[0], span[1] - sentence[0])
    clauses = _clauses(whole)
    for run in sorted(combinations(_cut_points(whole, clauses), 2), key=lambda run: _dice(run, span), reverse=True):
        if _shared(run, span) <= 0:
            return None
        if any(map(_may_be_misheard, words[sentence[0] + run[0] : sentence[0] + run[1]])):
            continue
        if run[1] < len(whole) and _breaks_off(whole[slice(*run)]):
            continue
        parts = [whole[start:end] for start, end in clauses if run[0] <= start < run[1]]
        if _is_sentence(parts) and (quote := _quote(whole[slice(*run)])):
            return quote
    return None


def _may_be_misheard(word: Word) -> bool:
    return word.probability < MISHEARD and word.raw is None


def _clauses(words: Sequence[str]) -> list[Span]:
    """A sentence, cut before connectives and after commas."""
    starts = [0]
    for place in range(SHORTEST, len(words)):
        if place - starts[-1] >= SHORTEST and _begins(words, place):
            starts.append(place)
    return list(pairwise([*starts, len(words)]))


def _cut_points(words: Sequence[str], clauses: Sequence[Span]) -> list[int]:
    """Where a sentence may be cut: between clauses, but not beside a condition, without which a clause says something else."""
    points = [0]
    was_condition = False
    for start, end in clauses:
        is_condition = _is_condition(words[start:end]) or (was_condition and bare(words[start]) in ("and", "or"))
        if start > 0 and not (was_condition or is_condition):
            points.append(start)
        was_condition = is_condition
    return [*points, len(words)]


def _begins(words: Sequence[str], place: int) -> bool:
    """Whether a clause begins at this word. "And" without a verb after it continues a list."""
    if bare(words[place]) in ("and", "or"):
        ends = (
            at
            for at in range(place + 1, len(words))
            if words[at - 1].endswith((",", ":", ";")) or bare(words[at]) in _CONNECTIVES
        )
        return any(_is_verb(bare(word)) for word in words[place : next(ends, len(words))])
    return bare(words[place]) in _CONNECTIVES or words[place - 1].endswith((",", ":", ";"))


def _breaks_off(words: Sequence[str]) -> bool:
    """Whether the words end in the beginning of another clause, as in "one reads the mails, and another one"."""
    last = max((at for at in range(1, len(words)) if bare(words[at]) in ("and", "or")), default=0)
    return last > 0 and words[last - 1].endswith(",") and not any(_is_verb(bare(word)) for word in words[last:])


def _dice(run: Span, span: Span) -> float:
    """Dice coefficient of the words in both spans, 0 to 1."""
    return 2 * max(0, _shared(run, span)) / (run[1] - run[0] + span[1] - span[0])


def _is_sentence(clauses: Sequence[Sequence[str]]) -> bool:
    """Whether the first of these clauses can begin a sentence, and one of them is a main clause."""
    opening = [bare(word) for word in _OPENINGS.sub("", " ".join(clauses[0])).split()]
    if not opening or not (opening[0] in _ADVERBIAL or _is_main_clause(opening)):
        return False
    return any(
        bare(clause[0]) not in _DEPENDENT and any(_is_verb(bare(word)) for word in clause) for clause in (opening, *clauses[1:])
    )


def _quote(words: Sequence[str]) -> str | None:
    """The words without fillers at either end, as a quote; None if they aren't a main clause of fitting length."""
    text = _ENDINGS.sub("", _without_opening(" ".join(words))).strip(_EDGES)
    kept = text.split()
    if not SHORTEST <= len(kept) <= LONGEST or _MARKS.search(text) or _ASIDES.search(text):
        return None
    plain = [bare(word) for word in kept]
    repeated = any(word == after for word, after in pairwise(plain))
    if _FIRST_PERSON & set(plain) and _ADDRESSED & set(plain):
        return None  # said back, one "you" would be the candidate and the other somebody else
    if repeated or plain[-1] in _DANGLING or not _is_main_clause(plain):
        return None
    first = kept[0]
    is_name = any(letter.isupper() for letter in first[1:]) or first in ("I", "I'd", "I'm")
    return text if is_name else text[0].lower() + text[1:]


def _without_opening(text: str) -> str:
    """The text without fillers at its beginning, and without a topic named first: "the size, it grows", "caution: it grows"."""
    text = _OPENINGS.sub("", text).strip(_EDGES)
    topic, *rest = _TOPIC_ENDS.split(text, maxsplit=1)
    named = [bare(word) for word in topic.split()]
    is_adverbial = len(named) > 1 and named[0] in _ADVERBIAL
    is_topic = rest and len(named) < SHORTEST and not is_adverbial and not any(map(_is_verb, named))
    return _without_opening(rest[0]) if is_topic else text


def _is_main_clause(plain: Sequence[str]) -> bool:
    """Whether the words, in lower case without punctuation, have a subject and a verb of their own."""
    first = plain[0]
    if first in _NO_START or (_is_verb(first) and not _SHORTENED.match(first)):
        return False
    if first == "there" and not any(map(_is_verb, plain[1:2])):  # a place that the listener would have to guess
        return False
    if first in _SUBJECTS and len(plain) > SHORTEST:
        return True
    verbs = [place for place, word in enumerate(plain) if _is_verb(word) and (place > 0 or _SHORTENED.match(word))]
    is_relative = bool(verbs) and bool(_RELATIVE & set(plain[: verbs[0]]))
    return len(verbs) > (is_relative or first in _CONDITIONS)


def _is_verb(word: str) -> bool:
    return word in _VERBS or bool(_SHORTENED.match(word)) or word.endswith(("n't", "n’t"))


def _is_condition(clause: Sequence[str]) -> bool:
    """Whether the clause beside this one depends on it, which one of the first two words tells."""
    opening = [bare(word) for word in clause[:2]]
    return bool((_CONDITIONS | {"not"}) & set(opening))


def _shared(span: Span, other: Span) -> int:
    """Words in both spans; negative if they are apart."""
    return min(span[1], other[1]) - max(span[0], other[0])
