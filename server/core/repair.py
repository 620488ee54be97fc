"""Misheard terms, put right: stretches of doubtful words that sound like a key term are read as that term.

Two ways to match: the ways of mishearing that the question lists for a term, and sound (a weighted edit distance between
phonemes). Both need doubt: words the recogniser was sure of are left alone, so that a term nobody said is not invented.
The recogniser's own words stay in ``raw``: the first word of a repaired stretch carries them all in ``raw`` and the term
in ``text``. One repaired stretch is one word, so ``Transcript.raw_text`` is exactly what the recogniser wrote.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from server.core.domain import KeyTerm, Word
from server.core.normal import singular
from server.core.sentences import spoken

Sounds = Callable[[str], str]
"""Text to its sounds as IPA letters without stress and word borders."""

_ALIAS = 0.45
_SURE = 0.9
"""Words at least this probable are taken at their word."""
_UNSURE = 0.7
_SAME = 0.02
_APART = 0.42
_CHEAPEST = 0.6
"""Of all insertions and deletions."""
_SHORT = 4
"""Sounds. Where two stretches differ in fewer, the difference is measured against this many."""
LONGEST = 5
"""Words of a stretch."""
_EDGES = re.compile(r"^([^\w]*)(.*?)([^\w+]*)$", re.DOTALL)
_BRITISH = re.compile(r"is(e|ed|er|ing|ation)$")
_VOWELS = frozenset("aeiouæɑɒɔəɛɪʊʌɨ")
_ALIKE = ("pb", "td", "kg", "sz", "fv", "ʃʒ", "θð", "mnŋ", "θf", "ðv", "ðd", "tθ", "lr", "sʃ", "zʒ", "wv", "jɪi")
_NEAR = frozenset((a, b) for group in _ALIKE for a in group for b in group)
_LITTLE = frozenset("a an the and or of to in on is are at as it its for with by be that this we i you so if from not".split())


@dataclass(frozen=True, slots=True)
class Form:
    """One way a term sounds or is written down."""

    term: str
    letters: str
    """Squeezed: lower case, without spaces and punctuation."""
    sounds: str
    listed: bool
    """One of the ways of mishearing that the content lists."""
    topic: bool
    """Belongs to the topic rather than to the question."""
    counts: tuple[tuple[str, int], ...]
    """How often each sound occurs."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words ``start`` to ``end`` may be ``form.term``."""

    start: int
    end: int
    form: Form
    distance: float
    """0 same sound, 1 nothing alike."""
    probability: float
    """Of the least sure word."""

    @property
    def cost(self) -> float:
        """Lower is better; of equal ones the longer stretch."""
        return self.distance - 0.02 * (self.end - self.start)


def forms_of(terms: Sequence[KeyTerm], sounds: Sounds, topic: bool = False) -> tuple[Form, ...]:
    """Every form of the terms, each once; made once for a question and used for all its stretches.

    A listed variant that sounds nothing like its term is another name for it ("access list" for "ACL"), not a mishearing:
    whoever says it has said that, and it stays.
    """
    found: dict[tuple[str, str], Form] = {}
    for term in terms:
        own = sounds(spoken(term.term))
        for written, listed in ((term.term, False), *((variant, True) for variant in term.spoken)):
            sound = sounds(spoken(written))
            form = Form(term.term, squeezed(written), sound, listed, topic, tuple(Counter(sound).items()))
            apart = max(difference(form.sounds, own), _where_they_differ(form.sounds, own))
            if form.sounds and apart <= _ALIAS and not (apart > _SAME and _same_stem(form.letters, squeezed(term.term))):
                found.setdefault((form.term, form.letters), form)
    return tuple(found.values())


class Mender:
    """Repairs the stretches of one answer. The forms are made at the first, which takes some milliseconds."""

    def __init__(self, key_terms: Sequence[KeyTerm], topic_terms: Sequence[KeyTerm], sounds: Sounds) -> None:
        self._key_terms, self._topic_terms, self._sounds = key_terms, topic_terms, sounds

    def __call__(self, words: Sequence[Word]) -> tuple[Word, ...]:
        return repair(words, self._forms, self._sounds)

    @cached_property
    def _forms(self) -> tuple[Form, ...]:
        own = {term.term for term in self._key_terms}
        others = [term for term in self._topic_terms if term.term not in own]
        return (*forms_of(self._key_terms, self._sounds), *forms_of(others, self._sounds, topic=True))


def repair(words: Sequence[Word], forms: Sequence[Form], sounds: Sounds) -> tuple[Word, ...]:
    """The words with misheard terms put right."""
    candidates = sorted(find(words, forms, sounds), key=lambda candidate: candidate.cost)
    taken: set[int] = set()
    chosen: dict[int, Candidate] = {}
    for candidate in candidates:
        span = range(candidate.start, candidate.end)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen[candidate.start] = candidate
    out: list[Word] = []
    at = 0
    while at < len(words):
        if at in chosen:
            out.append(_merged(words[at : chosen[at].end], chosen[at].form.term))
            at = chosen[at].end
        else:
            out.append(words[at])
            at += 1
    return tuple(out)


def find(words: Sequence[Word], forms: Sequence[Form], sounds: Sounds) -> list[Candidate]:
    """Every stretch that may be a term, terms already written right left out."""
    right = _written_right(words, forms)
    by_letters = {form.letters: form for form in forms}
    heard = [sounds(_bare(word.text)) for word in words]
    found: list[Candidate] = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if end - 1 in right:
                break
            probability = min(word.probability for word in words[start:end])
            if probability >= _SURE:
                continue
            exact = by_letters.get(squeezed(" ".join(word.text for word in words[start:end])))
            if exact is not None:
                found.append(Candidate(start, end, exact, 0.0, probability))
            elif not all(_bare(word.text).lower() in _LITTLE for word in words[start:end]):
                found += _by_sound(start, end, heard, forms, probability)
        found += _by_letters(start, words[start], forms)
    return [candidate for candidate in found if not _inflected(words, candidate)]


def _by_sound(start: int, end: int, sounds: Sequence[str], forms: Sequence[Form], probability: float) -> list[Candidate]:
    heard = "".join(sounds[start:end])
    found: list[Candidate] = []
    for form in forms:
        limit = _limit(form, probability)
        distance = _compared(heard, form, limit)
        if distance is None:
            continue
        without = ("".join(sounds[start + 1 : end]), "".join(sounds[start : end - 1]))
        if end - start == 1 or distance <= min(difference(shorter, form.sounds) for shorter in without):
            found.append(Candidate(start, end, form, distance, probability))
    return found


def _compared(heard: str, form: Form, limit: float) -> float | None:
    """How far what was heard, or its singular, is from the form; None if too far."""
    longest = max(len(heard), len(form.sounds))
    if abs(len(heard) - len(form.sounds)) * _CHEAPEST > longest * limit + 1:
        return None
    common = sum(min(count, heard.count(sound)) for sound, count in form.counts)
    if longest - common > longest * (2.2 * limit + 0.1):
        return None  # too few sounds in common for the slow comparison to succeed
    singular_too = (heard, heard[:-1]) if len(heard) > 4 and heard[-1] in "sz" else (heard,)
    near = [
        (distance, one)
        for one in singular_too
        if (distance := difference(one, form.sounds)) <= limit and _where_they_differ(one, form.sounds) <= _APART
    ]
    return min(near)[0] if near else None


def _limit(form: Form, probability: float) -> float:
    """The greatest distance at which words this sure are read as the form."""
    size = len(form.sounds)
    base = 0.1 if size <= 3 else 0.17 if size <= 5 else 0.26 if size <= 8 else 0.32
    return base * (0.5 if form.topic else 1.0) * min(1.0, 2.2 * (1 - probability))


def _where_they_differ(heard: str, wanted: str) -> float:
    """Difference of what is left without the common beginning and end: "latent attention" shares a word with
    "paged attention", but "latent" does not sound like "paged"."""
    begin = len(_common_prefix(heard, wanted))
    end = len(_common_prefix(heard[begin:][::-1], wanted[begin:][::-1]))
    left, right = heard[begin : len(heard) - end], wanted[begin : len(wanted) - end]
    return difference(left, right) * max(len(left), len(right)) / max(len(left), len(right), _SHORT)


def _inflected(words: Sequence[Word], candidate: Candidate) -> bool:
    """Another form of the same word: "classify" is not a misheard "classifier", but "swigloo" is "SwiGLU"."""
    said = squeezed(" ".join(word.text for word in words[candidate.start : candidate.end]))
    return candidate.distance > _SAME and _same_stem(said, squeezed(candidate.form.term))


def _same_stem(a: str, b: str) -> bool:
    common = len(_common_prefix(a, b))
    return common >= 4 and common >= 0.6 * max(len(a), len(b))


def _by_letters(start: int, word: Word, forms: Sequence[Form]) -> list[Candidate]:
    """An abbreviation that is wrong in one letter, as "MMOU" for "MMLU": such a thing is no word of its own."""
    said = _bare(word.text)
    if sum(letter.isupper() for letter in said) < 2 or word.probability > _UNSURE:
        return []
    found: list[Candidate] = []
    for form in forms:
        term = form.term
        alike = len(said) == len(term) >= 4 and sum(a != b for a, b in zip(said.lower(), term.lower(), strict=True)) == 1
        if alike and _digits(said) == _digits(term) and sum(letter.isupper() for letter in term) >= 2:
            found.append(Candidate(start, start + 1, form, 0.1, word.probability))
    return found


def difference(heard: str, wanted: str) -> float:
    """Weighted edit distance over the longer length: vowels pass for vowels and b for p more easily than m for s."""
    row = [0.0]
    for sound in wanted:
        row.append(row[-1] + _drop(sound))
    for said in heard:
        previous, row = row, [row[0] + _drop(said)]
        for i, sound in enumerate(wanted, start=1):
            row.append(min(previous[i - 1] + _swap(said, sound), previous[i] + _drop(said), row[i - 1] + _drop(sound)))
    return row[-1] / max(len(heard), len(wanted), 1)


def _drop(sound: str) -> float:
    return _CHEAPEST if sound in _VOWELS else 0.9


def _swap(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if (a in _VOWELS) != (b in _VOWELS):
        return 1.2
    return 0.45 if a in _VOWELS or (a, b) in _NEAR else 1.0


def _written_right(words: Sequence[Word], forms: Sequence[Form]) -> set[int]:
    """Indexes of words that already spell a term."""
    spelled = {form.letters for form in forms if not form.listed}
    right: set[int] = set()
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if squeezed(" ".join(word.text for word in words[start:end])) in spelled:
                right.update(range(start, end))
    return right


def _merged(words: Sequence[Word], term: str) -> Word:
    before = _parts(words[0].text)[0]
    after = _parts(words[-1].text)[2]
    return Word(
        before + term + after,
        words[0].start,
        words[-1].end,
        min(word.probability for word in words),
        " ".join(word.text for word in words),
    )


def squeezed(text: str) -> str:
    """Letters and digits in lower case, plurals singular, American spelling."""
    return "".join(_BRITISH.sub(r"iz\1", singular(part)) for part in re.findall(r"[^\W_]+", text.lower()))


def _bare(text: str) -> str:
    return _parts(text)[1] or text


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _common_prefix(a: str, b: str) -> str:
    length = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[:length]


def _parts(text: str) -> tuple[str, str, str]:
    match = _EDGES.match(text)
    assert match is not None  # the pattern matches every text
    return match[1], match[2], match[3]
