"""Repairs misheard key terms: words of low probability that sound like a key term are replaced by it.

Words match a term if they are one of the mishearings that the question lists for it, or by sound (a weighted edit distance
between phonemes). Words that the recogniser was sure of are left alone, so that a term nobody said is not invented.
A repaired stretch becomes one word, with the term as ``text`` and all the recogniser's words as ``raw``, so that
``Transcript.raw_text`` is exactly what the recogniser wrote.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from rapidfuzz.distance import Postfix, Prefix

from hotseat.domain.model import KeyTerm, Vocabulary, Word
from hotseat.text.sentences import spoken
from hotseat.text.stems import singular, stem

Sounds = Callable[[str], str]
"""Text to its phonemes, as IPA letters without stress marks and word boundaries."""

# Distances are those of ``difference``: 0 for the same sounds, about 1 for nothing in common.
_ALIAS = 0.45
"""A listed variant further from its term is another name for it, not a mishearing."""
SURE = 0.9
"""Words at least this probable are taken as correct."""
_UNSURE = 0.7
"""An abbreviation is corrected by its letters only if it is at most this probable."""
_SAME = 0.02
"""Distance up to which two words sound the same."""
_APART = 0.42
"""Greatest distance of the parts that differ, without the common beginning and end."""
_CHEAPEST = 0.6
"""Least cost of an insertion or deletion."""
_COMMON, _EDGE, _CODE = 0.6, 0.75, 0.5
"""Factors of the allowed distance: if all words are common, for each function word at an end, for an abbreviation."""
_REST = 1.4
"""Factor of the allowed distance for those words of a stretch that differ from the term's."""
_TOPIC = 0.5
"""``Form.near`` of terms of the question's topic that are not its own."""
_OOV, _OOV_APART = 0.72, 0.6
"""For an out-of-vocabulary word, which the field doesn't use: every term is at least this near, however probable the word is;
and ``_APART``."""
_FEWEST_SOUNDS, _FEWEST_LETTERS = 7, 4
"""Fewest phonemes of a term and letters of an out-of-vocabulary word for that: many short ones sound alike."""
_SHORT = 4
"""Parts that differ are measured as if they had at least this many phonemes."""
LONGEST = 5
"""Most words of a stretch."""
_EDGES = re.compile(r"^([^\w]*)(.*?)([^\w+]*)$", re.DOTALL)
_GLUED = re.compile(r"(\d+)x?([^\W\d]{1,4}-?\d\w*)")
_SO = re.compile(r"s[oʊəʌɔɑɒu]{1,2}ː?")
"""Phonemes of "so" at the beginning of a word that it was run together with."""
_RUN_IN = {"SO": "so", "N": "and", "D": "the"}
"""Letters that recognisers write for a function word before an abbreviation: "NRAG" for "and RAG"."""
_BRITISH = re.compile(r"is(e|ed|er|ing|ation)$")
_VOWELS = frozenset("aeiouæɑɒɔəɛɪʊʌɨ")
_ALIKE = "pb td kg sz fv ʃʒ θð mnŋ θf ðv ðd tθ lr sʃ zʒ wv jɪi ʧʃʤ ʤʒ".split()
_NEAR = frozenset((a, b) for group in _ALIKE for a in group for b in group)
_FUNCTION_WORDS = frozenset(
    "a an the and or of to in on is are at as it its for with by be that this we i you so if from not".split()
)


@dataclass(frozen=True, slots=True)
class Form:
    """One way a term sounds or is written down."""

    term: str
    letters: str
    """``squeezed``: lower case, without spaces and punctuation."""
    sounds: str
    """Phonemes."""
    listed: bool
    """Whether it is one of the mishearings that the question lists."""
    near: float
    """Factor of the allowed distance: 1 for the question's terms, ``_TOPIC`` for its topic's, 0 for other topics'."""
    counts: tuple[tuple[str, int], ...]
    """Each phoneme and how often it occurs."""
    words: tuple[str, ...]
    """The phonemes of each word, without function words in the middle."""
    term_words: tuple[str, ...]
    """Likewise of the term itself."""


@dataclass(frozen=True)
class Lexicon:
    """The terms that one answer's words are compared with. Forms are made at first use, which takes some milliseconds."""

    key_terms: Sequence[KeyTerm]
    """The question's terms."""
    topic_terms: Sequence[KeyTerm]
    sounds: Sounds
    vocabulary: Vocabulary

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        """Forms of the question's and its topic's terms."""
        own = {term.term for term in self.key_terms}
        topic = [term for term in self.topic_terms if term.term not in own]
        return (*forms_of(self.key_terms, self.sounds), *forms_of(topic, self.sounds, _TOPIC))

    @property
    def others(self) -> tuple[Form, ...]:
        """Forms of the whole field's terms, with which only out-of-vocabulary words are compared."""
        return _field_forms(self.vocabulary.terms, self.sounds)


@lru_cache(maxsize=2)
def _field_forms(terms: tuple[KeyTerm, ...], sounds: Sounds) -> tuple[Form, ...]:
    return forms_of([KeyTerm(term.term) for term in terms], sounds, 0.0)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Words ``start`` to ``end`` of an answer."""

    start: int
    end: int
    words: tuple[Word, ...]
    sounds: tuple[str, ...]
    """The phonemes of each word."""

    @property
    def said(self) -> list[str]:
        return [bare(word.text) for word in self.words]

    @property
    def letters(self) -> str:
        return squeezed(" ".join(word.text for word in self.words))

    @property
    def probability(self) -> float:
        """The least sure word's."""
        return min(word.probability for word in self.words)

    @property
    def in_one_breath(self) -> bool:
        """Whether there is no punctuation within: a term is said without a pause, unless it is spelled out ("K, V cache")."""
        return all(word.text[-1:].isalnum() or len(bare(word.text)) == 1 for word in self.words[:-1])


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words ``start`` to ``end`` (exclusive) may be ``form.term``."""

    start: int
    end: int
    form: Form
    distance: float
    """0 for the same sounds, 1 for nothing in common."""
    lead: str = ""
    """A number or function word before the term that the recogniser wrote in one word with it."""

    @property
    def cost(self) -> float:
        """Lower is better; at equal distance the longer stretch wins."""
        return self.distance - 0.02 * (self.end - self.start)


def forms_of(terms: Sequence[KeyTerm], sounds: Sounds, near: float = 1.0) -> tuple[Form, ...]:
    """Every form of the terms, each once. ``near``: see ``Form``.

    A listed variant that sounds nothing like its term is left out: it is another name ("access list" for "ACL"), not a
    mishearing, and stays in the transcript.
    """
    found: dict[tuple[str, str], Form] = {}
    for term in terms:
        own, own_words = sounds(spoken(term.term)), _word_sounds(term.term, sounds)
        for written, listed in ((term.term, False), *((variant, True) for variant in term.spoken)):
            sound = sounds(spoken(written))
            words, counts = _word_sounds(written, sounds), tuple(Counter(sound).items())
            form = Form(term.term, squeezed(written), sound, listed, near, counts, words, own_words)
            apart = max(difference(form.sounds, own), where_they_differ(form.sounds, own))
            if form.sounds and apart <= _ALIAS and not (apart > _SAME and same_stem(form.letters, squeezed(term.term))):
                found.setdefault((form.term, form.letters), form)
    return tuple(found.values())


def repair(words: Sequence[Word], lexicon: Lexicon) -> tuple[Word, ...]:
    """The words of one segment with misheard terms put right."""
    taken: set[int] = set()
    chosen: list[Candidate] = []
    for candidate in sorted(find(words, lexicon), key=lambda candidate: candidate.cost):
        span = range(candidate.start, candidate.end)
        if taken.isdisjoint(span):
            taken.update(span)
            chosen.append(candidate)
    repaired = list(words)
    for one in sorted(chosen, key=lambda candidate: candidate.start, reverse=True):  # from the end: places before stay right
        repaired[one.start : one.end] = [merged(words[one.start : one.end], f"{one.lead} {one.form.term}".lstrip())]
    return tuple(repaired)


def find(words: Sequence[Word], lexicon: Lexicon) -> list[Candidate]:
    """Every stretch that may be a misheard term; terms that are already written right are left out."""
    forms, others, vocabulary = lexicon.forms, lexicon.others, lexicon.vocabulary
    spelled = {form.letters for form in (*forms, *others) if not form.listed}
    right = {at for span in spellings(words, spelled) for at in span}  # words that already spell a term
    by_letters = {form.letters: form for form in forms}
    heard = tuple(lexicon.sounds(bare(word.text)) for word in words)
    found: list[Candidate] = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if end - 1 in right:
                break
            stretch = _Stretch(start, end, tuple(words[start:end]), heard[start:end])
            if stretch.probability >= SURE:
                continue
            if exact := by_letters.get(stretch.letters):
                found.append(Candidate(start, end, exact, 0.0))
            elif stretch.in_one_breath and not all(map(_means_nothing, stretch.said)):
                if _is_out_of_vocabulary(stretch.said, vocabulary.known):
                    found += _by_sound(stretch, (*forms, *others), vocabulary.common, oov=True)
                else:
                    found += _by_sound(stretch, forms, vocabulary.common)
                if _begins(words, start):
                    found += _after_so(stretch, forms, vocabulary.common)
        if start not in right:
            found += _by_letters(start, words[start], forms)
            found += _after_number(start, words[start], by_letters)
            found += _run_in(words, start, by_letters)
    return [candidate for candidate in found if not _inflected(words, candidate, vocabulary.known)]


def _is_out_of_vocabulary(said: Sequence[str], known: frozenset[str]) -> bool:
    """Whether the field uses one of these words in no form, which makes a misheard term likelier; ``known`` are stems."""
    lower = [word.lower() for word in said]
    return (
        bool(known)
        and len(lower) <= 2
        and all(word.isalpha() and word not in _FUNCTION_WORDS for word in lower)
        and any(len(word) >= _FEWEST_LETTERS and stem(word) not in known and not _run_together(word, known) for word in lower)
    )


def _run_together(word: str, known: frozenset[str]) -> bool:
    """Whether it is two known words in one, such as "fulltuning": that is no mishearing."""
    return any(stem(word[:at]) in known and stem(word[at:]) in known for at in range(3, len(word) - 2))


def _means_nothing(said: str) -> bool:
    """Whether it is a function word or a number: "the 95%" is not "p95"."""
    return said.lower() in _FUNCTION_WORDS or not any(letter.isalpha() for letter in said)


def _by_sound(stretch: _Stretch, forms: Sequence[Form], common: frozenset[str], *, oov: bool = False) -> list[Candidate]:
    sounds, said, probability = stretch.sounds, stretch.said, stretch.probability
    if any(any(map(str.isdigit, word)) and any(map(str.isalpha, word)) for word in said):
        return []  # "A100" sounds like "H100", and a number is right more often than not
    heard, without = "".join(sounds), ("".join(sounds[1:]), "".join(sounds[:-1]))
    strictness = _strictness(said, common)
    content = _content(sounds, said)
    digits = _digits("".join(said))
    found: list[Candidate] = []
    for form in forms:
        if digits and digits != _digits(form.term):
            continue
        limit = strictness * _limit(form, probability, oov)
        distance = _compared(heard, form, limit, _OOV_APART if oov and len(said) == 1 else _APART) if limit else None
        if distance is None or not all(_apart_from_shared(content, of, probability) for of in {form.words, form.term_words}):
            continue
        if len(said) == 1 or distance <= min(difference(shorter, form.sounds) for shorter in without):
            found.append(Candidate(stretch.start, stretch.end, form, distance))
    return found


def _word_sounds(written: str, sounds: Sounds) -> tuple[str, ...]:
    parts = _said_as(written)
    return tuple(sounds(word) for word in _content(parts, parts))


def _content(parts: Sequence[str], words: Sequence[str]) -> list[str]:
    """The parts without function words in the middle, so that "recall a k" matches "recall at k"."""
    last = len(words) - 1
    return [part for at, part in enumerate(parts) if at in (0, last) or words[at].lower() not in _FUNCTION_WORDS]


def _strictness(said: Sequence[str], common: frozenset[str]) -> float:
    """Factor of the allowed distance, 0 to 1: less for words that may well have been said as they stand."""
    strictness = 1.0
    if all(word.lower() in common or word.lower() in _FUNCTION_WORDS for word in said):
        strictness *= _COMMON
    if len(said) > 1:
        strictness *= _EDGE ** sum(word.lower() in _FUNCTION_WORDS for word in (said[0], said[-1]))
    if len(said) == 1 and len(said[0]) > 1 and said[0].isupper():
        strictness *= _CODE
    return strictness


def _compared(heard: str, form: Form, limit: float, apart: float) -> float | None:
    """Distance of the phonemes, or of their singular, from the form; None if it is over ``limit`` or the parts that differ are
    more than ``apart``."""
    longest = max(len(heard), len(form.sounds))
    if abs(len(heard) - len(form.sounds)) * _CHEAPEST > longest * limit + 1:
        return None
    common = sum(min(count, heard.count(sound)) for sound, count in form.counts)
    if longest - common > longest * (2.2 * limit + 0.1):
        return None  # a quick check: with so few phonemes in common the edit distance can't be small enough
    singular_too = (heard, heard[:-1]) if len(heard) > 4 and heard[-1] in "sz" else (heard,)
    near = [
        (distance, one)
        for one in singular_too
        if (distance := difference(one, form.sounds)) <= limit and where_they_differ(one, form.sounds) <= apart
    ]
    return min(near)[0] if near else None


def _apart_from_shared(heard: Sequence[str], words: Sequence[str], probability: float) -> bool:
    """Whether the words that differ sound alike by themselves: in "synthetic later", "later" must sound like "data"."""
    begin = next((i for i, (a, b) in enumerate(zip(heard, words, strict=False)) if a != b), 0)
    left, wanted = heard[begin:], words[begin:]
    end = next((i for i, (a, b) in enumerate(zip(left[::-1], wanted[::-1], strict=False)) if a != b), 0)
    said, rest = "".join(left[: len(left) - end]), "".join(wanted[: len(wanted) - end])
    if not begin + end or not said or not rest:
        return True
    return difference(said, rest) <= _REST * _base(max(len(said), len(rest))) * _doubt(probability)


def allowed(wanted: str, said: Sequence[str], common: frozenset[str]) -> float:
    """Greatest distance from a term's phonemes (``wanted``) at which these words are replaced by it, if quite improbable."""
    return _base(len(wanted)) * _strictness([bare(word) for word in said], common)


def _base(size: int) -> float:
    """Greatest distance from a term of so many phonemes at which quite improbable words are replaced by it."""
    return 0.1 if size <= 3 else 0.17 if size <= 5 else 0.26 if size <= 8 else 0.32


def _limit(form: Form, probability: float, oov: bool) -> float:
    """Greatest distance at which words of this probability are replaced by the form's term."""
    nearness = form.near * _doubt(probability)
    if oov and len(form.sounds) >= _FEWEST_SOUNDS:
        nearness = max(nearness, _OOV)
    return _base(len(form.sounds)) * nearness


def _doubt(probability: float) -> float:
    """Factor of the allowed distance, from 1 for improbable words to 0 for certain ones."""
    return min(1.0, 2.2 * (1 - probability))


def where_they_differ(heard: str, wanted: str) -> float:
    """Distance of the parts between the common beginning and end: "latent attention" shares a word with "paged attention",
    but "latent" does not sound like "paged"."""
    begin = Prefix.similarity(heard, wanted)
    end = Postfix.similarity(heard[begin:], wanted[begin:])
    left, right = heard[begin : len(heard) - end], wanted[begin : len(wanted) - end]
    return difference(left, right) * max(len(left), len(right)) / max(len(left), len(right), _SHORT)


def _inflected(words: Sequence[Word], candidate: Candidate, known: frozenset[str]) -> bool:
    """Whether the words are another form of the term: "classify" is not a misheard "classifier", nor "re-embedding"
    "embedding", but "swigloo" is "SwiGLU".

    "Shardy" counts as a misheard "shard", not as a form of it: speakers of many languages add a vowel at the end, and
    "shardy" is not among the ``known`` stems.
    """
    if candidate.distance <= _SAME:
        return False
    *prefix, last = bare(words[candidate.end - 1].text).split("-")
    if prefix and candidate.end - candidate.start == 1 and squeezed(last) == squeezed(candidate.form.term):
        return True
    said = [squeezed(word.text) for word in words[candidate.start : candidate.end]]
    term = [squeezed(word) for word in _said_as(candidate.form.term)]
    pairs = list(zip(said, term, strict=True)) if len(said) == len(term) else [("".join(said), "".join(term))]
    if any(a[:-1] == b and a[-1] in "aeiouy" and known and stem(a) not in known for a, b in pairs):
        return False
    return all(a == b or same_stem(a, b) for a, b in pairs)


def same_stem(a: str, b: str) -> bool:
    """Whether two words share at least four letters, and three fifths of the longer, at their beginning."""
    common = Prefix.similarity(a, b)
    return common >= 4 and common >= 0.6 * max(len(a), len(b))


def _by_letters(start: int, word: Word, forms: Sequence[Form]) -> list[Candidate]:
    """An abbreviation with one wrong letter, "MMOU" for "MMLU" or "fd8" for "fp8"."""
    said = bare(word.text)
    if not _coded(said) or word.probability > _UNSURE:
        return []
    found: list[Candidate] = []
    for form in forms:
        term = form.term
        alike = len(said) == len(term) and sum(a != b for a, b in zip(said.lower(), term.lower(), strict=True)) == 1
        if alike and _digits(said) == _digits(term) and _coded(term):
            found.append(Candidate(start, start + 1, form, 0.1))
    return found


def _after_number(start: int, word: Word, by_letters: Mapping[str, Form]) -> list[Candidate]:
    """ "6H100s": a number and a term in one word."""
    glued = _GLUED.fullmatch(bare(word.text))
    form = by_letters.get(squeezed(glued[2])) if glued else None
    return [Candidate(start, start + 1, form, 0.0, glued[1])] if glued and form else []


def _run_in(words: Sequence[Word], start: int, by_letters: Mapping[str, Form]) -> list[Candidate]:
    """ "NRAG": a function word and an abbreviation in one word."""
    said = bare(words[start].text)
    if not said.isupper() or words[start].probability >= SURE or squeezed(said) in by_letters:
        return []
    return [
        Candidate(start, start + 1, form, 0.0, little.capitalize() if _begins(words, start) else little)
        for letters, little in _RUN_IN.items()
        if said.startswith(letters) and (form := by_letters.get(squeezed(said.removeprefix(letters))))
    ]


def _after_so(stretch: _Stretch, forms: Sequence[Form], common: frozenset[str]) -> list[Candidate]:
    """ "Soperplexity": the "so" with which a sentence begins and a term in one word."""
    first, *later = stretch.sounds
    so = _SO.match(first)
    if so is None or so.end() == len(first):
        return []
    rest = replace(stretch, sounds=(first[so.end() :], *later))
    return [replace(found, lead="So") for found in _by_sound(rest, forms, common)]


def _begins(words: Sequence[Word], at: int) -> bool:
    """Whether a sentence begins with this word."""
    return at == 0 or words[at - 1].text.endswith((".", "?", "!"))


def _coded(text: str) -> bool:
    """Whether it is an abbreviation: at least four characters with two capitals, or at most four, some of them digits."""
    letters, capitals = sum(map(str.isalpha, text)), sum(map(str.isupper, text))
    return (capitals >= 2 and len(text) >= 4) or (letters >= 2 and letters < len(text) <= 4 and text.isalnum())


def difference(heard: str, wanted: str) -> float:
    """Weighted edit distance of two phoneme strings, divided by the longer one's length.

    Similar phonemes, such as two vowels or b and p, cost less to swap than others.
    """
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


def spellings(words: Sequence[Word], terms: Collection[str]) -> list[range]:
    """Index ranges of words that spell a term; the terms are ``squeezed``."""
    return [
        range(start, end)
        for start in range(len(words))
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1)
        if squeezed(" ".join(word.text for word in words[start:end])) in terms
    ]


def merged(words: Sequence[Word], term: str) -> Word:
    """The words as one with the term as its text, punctuation around them kept, and their text as ``raw``."""
    before = _parts(words[0].text)[0]
    after = _parts(words[-1].text)[2]
    return Word(
        before + term + after,
        words[0].start,
        words[-1].end,
        min(word.probability for word in words),
        " ".join(word.text for word in words),
    )


def _said_as(term: str) -> list[str]:
    """The words of a term as it is spoken."""
    return re.findall(r"[^\W_]+", spoken(term).replace("@", " at "))


def squeezed(text: str) -> str:
    """Only letters and digits, in lower case, singular, in American spelling, so that all spellings of a term are equal."""
    return "".join(_BRITISH.sub(r"iz\1", singular(part)) for part in re.findall(r"[^\W_]+", text.lower()))


def bare(text: str) -> str:
    """A word without punctuation around it; the text itself if it is only punctuation."""
    return _parts(text)[1] or text


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _parts(text: str) -> tuple[str, str, str]:
    match = _EDGES.match(text)
    assert match is not None  # the pattern matches every text
    return match[1], match[2], match[3]
