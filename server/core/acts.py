"""What a short utterance does: whether it answers the question, or asks, declines, objects or stops.

An utterance is an act when one of the act's phrases is in it and nearly all other words are those that people say around such a
phrase: "I don't know, sorry" is one; "I don't know the exact number, but it's two per parameter" is an answer. Taking an answer
for an act costs the candidate the answer, so whatever isn't clear is an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_WORDS = 25
"""Anything longer is an answer."""
MAX_UNMARKED = 13
"""Words of a question without a question mark."""


class Act(StrEnum):
    """What the candidate does with an utterance."""

    ANSWER = "answer"
    REPEAT = "repeat"
    CLARIFY = "clarify"
    THINK = "think"
    DONT_KNOW = "dont_know"
    SKIP = "skip"
    OBJECTION = "objection"
    OFF_TOPIC = "off_topic"
    DONE = "done"


def recognise(text: str, question: str) -> Act:
    """The act of an utterance that was said to ``question``."""
    plain = _plain(text)
    words = _WORD.findall(plain)
    if not words:  # nothing but hesitation, or nothing at all
        return Act.THINK if _WORD.search(text.lower()) else Act.ANSWER
    echo = len(words) > 4 and plain.rstrip("?. ") in _plain(question)
    if len(words) > MAX_WORDS or echo:
        return Act.ANSWER
    if _is_off_topic(plain, words):
        return Act.OFF_TOPIC
    for rule in _RULES:
        if rule.fits(plain):
            return rule.act
    if _objects(plain):
        return Act.OBJECTION
    return Act.CLARIFY if _asks_what_is_meant(plain, len(words)) else Act.ANSWER


def _plain(text: str) -> str:
    """Lower case, without hesitation and contractions; punctuation stays."""
    plain = text.lower().replace("’", "'")
    for pattern, written in _SPELLINGS:
        plain = pattern.sub(written, plain)
    return " ".join(plain.split())


@dataclass(frozen=True, slots=True)
class _Rule:
    """An act's phrases, and what else may be said."""

    act: Act
    phrases: re.Pattern[str]
    others: int
    """Words of any kind beside the phrases, at most; common ones aren't counted."""

    def fits(self, plain: str) -> bool:
        rest, found = self.phrases.subn(" ; ", plain)
        if not found or _REASONS.search(rest):
            return False
        return sum(word not in _COMMON for word in _WORD.findall(rest)) <= self.others


def _any(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{'|'.join(alternatives)})(?![\w'])")


_WORD = re.compile(r"[a-z0-9']+")
_SPELLINGS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"\b(?:u+m+|u+h+|e+h+m*|h+m+|m+h*m+|a+h|o+h|er+m*)\b[.,…]*", " "),
        (r"\bcan(?:'t|t|not)\b", "can not"),
        (r"\bwon't\b", "will not"),
        (r"\b(do|does|did|have|has|could|would|is|was|are|should)n'?t\b", r"\1 not"),
        (r"\b(i)'?m\b", "i am"),
        (r"\b(i|you|we|they)'ve\b|\bive\b", r"i have"),
        (r"\bi'd\b", "i would"),
        (r"\bi'll\b", "i will"),
        (r"\byou're\b", "you are"),
        (r"\bthat'?s\b", "that is"),
        (r"\bwhat'?s\b", "what is"),
        (r"\bit's\b", "it is"),
        (r"\blet'?s\b", "let us"),
    )
)
_COMMON = frozenset(
    "a again able actually afraid after alright all also am an and any anything are around as ask asked asking at back be been before being "
    "bit can catch could did do done else end everything first for from get give go going good got had has have head hear heard hello here "
    "hey honestly i if in interesting is it just know last later like little long may maybe me might mind minute moment more much must my "
    "need never next no not nothing now of off ok okay on once one only or other out over pardon part perhaps please point properly "
    "question questions quickly quite really right said say second see should slowly so some something sorry start still sure "
    "take thank thanks that the them then there these thing things think this those though time to too uh up want was we well were what "
    "when which while will with word words would yeah yep yes yet you your nope frankly honest frank excuse instead ugh louder very kind "
    "short clue idea remember answer read numbers wait ever that's it's".split()
)
"""Words that say nothing about the subject."""
_REASONS = _any(
    "but", "because", "since", "means?", "that is how", "which is", "that is why", r"so (?:i|it|the|a|you|we) \w+", "first i", "meaning", "unless", "whereas", "instead of", "rather than", "depends?", "i would (?:say|use|guess|start|check|first)", "e\\.g",
)  # fmt: skip
_SPAN = r"(?:moment|second|seconds|sec|minute|minutes)"
_END = r"(?=[.,!?;…]|$)"

_RULES = (
    _Rule(
        Act.DONE,
        _any(
            r"(?:that|those|this) (?:is|was|would be|should be|are)(?: (?:it|all|everything|basically|about|complete|the end|the lot|the story|the design|my (?:whole )?answer|my estimate|my plan))+",
            r"that covers it|that concludes",
            r"(?:would|will) be (?:my answer|my plan|all)",
            r"i would (?:leave it|stop) (?:there|here)" + _END,
            r"(?:am|are|have|i) (?:done|finished|finish)",
            r"^(?:and |so )?(?:done|finished|ready)" + _END,
            r"done$",
            r"(?:nothing|not|no)(?: to)? (?:more|else)(?: to (?:add|say|it))?",
            r"(?:nothing|want) to add",
            r"stop talking",
            r"end of answer",
            r"have (?:said|covered) (?:everything|all)",
            r"leave it at that",
            r"happy with that",
            r"so much for that",
            r"so far from my side",
            r"i am through the",
            r"(?:answers|covers) (?:this|your) question",
            r"no more to say",
            r"you can go ahead",
            r"nothing more",
        ),
        2,
    ),
    _Rule(
        Act.SKIP,
        _any(
            r"(?:can|could|may|shall|let us|i would|i will|want to|rather|okay if|possibility to|like to|prefer to|going to|to|please|i)(?: \w+)? (?:skip|pass|move on|leave (?:this|that|it|the \w+)|switch|drop (?:this|that|it)|jump)",
            r"(?:we|us|i|you) (?:do|have|get|take|ask me)(?: just)? (?:another|a different|an easier|something else|some other)(?: \w+)?",
            r"put (?:this|that) one aside",
            r"come back to (?:this|that|it) later",
            r"(?:let us )?(?:move on|go on|go to|go further to|go on to|jump to|continue with)(?: please)?(?: to)?(?: the)?(?: next)?(?: one| question)?",
            r"next (?:question|one)",
            r"^(?:next|skip|pass)" + _END,
            r"(?:^|[,.] ?)(?:skip|pass)(?: this| that| it| on (?:this|that))?(?: please| sorry| one)?" + _END,
            r"i pass",
            r"(?:not|do) (?:this|that) one",
            r"another (?:question|one)" + _END,
            r"what is next",
            r"skip (?:this|that|it)$",
            r"(?:we|us) continue",
            r"pass sorry",
            r"different question",
        ),
        3,
    ),
    _Rule(
        Act.REPEAT,
        _any(
            r"(?:can|could|would|may|please) (?:you|i)(?: \w+){0,5} (?:repeat|repeating|say|read|ask|hear)(?: (?!me something)\w+){0,5}",
            r"can repeat",
            r"(?:repeat|say|ask|read)(?: me)?(?: it| that| this)?(?: again| once more|,? please)",
            r"(?:please )?repeat(?: the question)?" + _END,
            r"(?:not|only)(?: quite| really)? (?:catch|hear|heard|get|understand acoustically)(?: \w+){0,4}",
            r"zoned out",
            r"(?:what|which) (?:\w+ )?did you say",
            r"how (?:many|much|long) \w+ did you say",
            r"was (?:it|that) again",
            r"what (?:was|is) (?:the|your) question",
            r"beg your pardon",
            r"pardon(?: me)?",
            r"excuse me" + _END,
            r"say again",
            r"again,? please",
            r"(?:line|connection|sound|audio|microphone|headphones) (?:\w+ )?(?:dropped|cut|bad|disconnected|broke|gone)(?: out)?",
            r"^(?:sorry,? )?what\W*$",
            r"[,;.] again\?",
            r"[,-]what\?",
            r"what sorry$",
            r"for what\? i",
        ),
        4,
    ),
    _Rule(
        Act.THINK,
        _any(
            rf"(?:give|need|take|have|had?|want|like|bear|hold on|hang on|wait)(?: me| on)?(?: (?:just|a|one|two|ten|thirty|half a|some|short|little|more))* (?:{_SPAN}|time)(?= (?:to|for|please|i|here|now|with|while|and)\b|[.,!?…]|$)",
            rf"(?:just )?(?:a|one|two|half a) {_SPAN}" + r"(?: please)?" + _END,
            rf"just a {_SPAN}(?= i)",
            rf"(?:one|two) {_SPAN}(?= i)",
            r"hold on",
            r"hang on",
            r"bear with me",
            r"wait(?: wait)*" + _END,
            r"let me (?:just |quickly |first |have a quick )*(?:think|see|calculate|recall|remember|count|digest|collect|sort|write|jot|go through|make a list|pick|do the math|start over)",
            r"(?:to|must|if i) think",
            r"just thinking",
            r"calculating",
            r"moment, moment",
            r"need to (?:remember|calculate|picture)",
            r"get the numbers straight",
        ),
        4,
    ),
    _Rule(
        Act.DONT_KNOW,
        _any(
            r"(?:do|would|did) not (?:really |even |think i )?(?:know|remember|recall)(?: (?:any|what|how|about|the difference between|this|that))?(?: \w+){0,4}?"
            + _END,
            r"^(?:i )?do not know",
            r"no idea|no clue|faintest idea|clueless",
            r"(?:never|not) (?:heard|worked|read|used|done|trained|learned|learnt|needed|seen|built|familiar)(?: (?:of|on|with|that|it|about))?",
            r"not sure at all",
            r"(?:can|could) not (?:\w+ )?(?:answer|say|tell|derive|remember|explain)",
            r"i can not answer",
            r"(?:i )?forgot",
            r"(?:gap in|beyond) my",
            r"have to look",
            r"got me there",
            r"no experience",
            r"(?:is|am)(?: completely)? blank",
            r"i have (?:got )?nothing",
            r"not good enough for this",
            r"^no(?:pe)?$",
            r"now it is gone",
            r"not have an answer",
            r"not have (?:any|much) (?:experience|idea)",
        ),
        3,
    ),
)

_TECHNICAL = _any(
    r"models?", r"tokens?", r"tools?", r"retriev\w+", r"embedd?\w+", r"vectors?", r"data", r"prompts?", r"train\w+", r"cach\w+", r"gpus?", r"rubric", r"raters?", r"memory", r"latency",
    r"index\w*", r"weights?", r"batch\w*", r"layers?", r"attention", r"quer(?:y|ies)", r"chunks?", r"users?", r"requests?", r"agents?", r"api", r"metrics?", r"loss", r"gradients?",
    r"parameters?", r"recall", r"precision", r"search\w*", r"document\w*", r"evals?", r"filter\w*", r"examples?", r"same idea", r"should be", r"must", r"(?:it|that|this|which|mail|we) (?:could|would|should)", r"should not",
    r"numbers",
)  # fmt: skip
"""Shows that the utterance is about the subject all the same."""

_EVERYDAY = frozenset(
    "raining rain snowing snow weather salary sunny sun storm heating umbrella parking park salary pay visa visas holiday holidays vacation overtime bonus "
    "relocation breakfast lunch dinner coffee coffees tea espresso milk beer pizza restaurant food hungry starving thirsty cat dog kid kids daughter son "
    "baby wife husband sister brother mother father mum mom mummy daddy dad honey darling parents grandma landlord neighbour neighbours neighbour's "
    "neighbor neighbor's parcel postman pet alexa siri birthday christmas bookshelf sweater shirt haircut accent wallpaper plant plants camera microphone lights "
    "music background battery charger screen doorbell door window kitchen blinds phone wifi match football film movie train bus flight airport tram taxi "
    "manager office building company's remotely dress weekend party concert cold sneeze cough headache tired chair desk shelf cable laptop keyboard "
    "mouse linkedin holiday moving flat apartment garden vacuum construction drilling ambulance siren noise noisy loud warm hot thai bless".split()
)
_PERSONAL = _any(
    r"i", r"my", r"me", r"your", r"you", r"our", r"us", r"alexa", r"siri", r"(?:okay|ok|hey) google", r"honey", r"mum", r"mom", r"bless", r"(?:it|what) is", r"is (?:it|the)", r"here", r"please",
)  # fmt: skip
_NEVER_ON_TOPIC = _any(
    r"(?:hear|get) back from (?:you|them)", r"interview take", r"are you recording", r"where are you from", r"what time is it" + r"(?=\W*$)", r"testing testing", r"(?:work|working) remotely", r"okay google",
    r"dress code", r"salary range", r"glass of water", r"my manager", r"(?:calling|call|phone) (?:me |you |them )?(?:back|later)", r"(?:talking|speaking) to my \w+", r"(?:we|i) (?:are|am) moving to",
)  # fmt: skip


def _is_off_topic(plain: str, words: list[str]) -> bool:
    if _TECHNICAL.search(plain) or _REASONS.search(plain):
        return False
    return bool(
        _NEVER_ON_TOPIC.search(plain)
        or (not _EVERYDAY.isdisjoint(words) and _PERSONAL.search(plain) and not _ABOUT_QUESTION.search(plain))
    )


_ABOUT_QUESTION = _any(
    r"questions?", r"repeat", r"say (?:it|that)", r"(?:did not|could not) (?:hear|catch)", r"ask(?:ed|ing)?", r"interview", r"quiz", r"exam", r"(?:the|this) (?:job|role|position|field)", r"choice", r"my field",
    r"a machine", r"(?:your|the) (?:scale|tone)", r"(?:skip|next)", r"for a (?:senior|junior)", r"by (?:heart|hand)", r"in (?:my head|ten minutes|twenty seconds|an interview)",
    r"told", r"answer(?: that| this)?", r"years of experience", r"nobody at your", r"topic",
)  # fmt: skip
_AGAINST = _any(
    r"unfair", r"not (?:a |really |very )*fair", r"stupid", r"silly", r"dumb", r"vague", r"broad", r"(?:ir)?relevant", r"meaningless", r"pointless", r"point of", r"trick", r"leading", r"bad(?:ly)?", r"worded",
    r"ridiculous", r"insulting", r"weird", r"(?:no|any) sense", r"basic", r"(?:old|out)[ -]?(?:fashioned|dated)", r"already", r"nothing to do with", r"not (?:what|giving|serious|possible|like|an? \w+ interview)",
    r"why (?:do|are|would|is|should)", r"nobody|no one|anybody|anyone|somebody|who even", r"interrupted", r"false", r"mixing", r"can not (?:expect|ask)", r"you (?:have )?(?:just |already )?asked", r"not going to",
    r"not want to", r"confidential", r"do i (?:really )?have to", r"no offen[cs]e", r"never told me", r"instead\?", r"not my", r"not an? \w+\.", r"rating", r"how should i", r"basic", r"i thought we", r"a minute ago", r"told you",
    r"was told", r"wrong",
)  # fmt: skip
_COMPLAINTS = _any(
    r"(?:that|this) is (?:\w+ ){0,2}(?:ridiculous|insulting|unfair|nonsense|not serious)", r"you interrupted me", r"we (?:spoke|talked) about (?:this|that)", r"had covered that", r"is not relevant for", r"not giving me(?: \w+)* information",
    r"(?:do|does) not like (?:the|your) tone", r"who even cares", r"i am not going to do that", r"(?:is|are) (?:way |far |much )*too (?:vague|broad)", r"supposed to answer", r"why is (?:this|that|it) (?:still )?asked", r"why would anybody need to do that", r"this is a false choice", r"you should ask", r"no point",
)  # fmt: skip


_INTERVIEW = _any(
    r"questions?", r"ask(?:ed|ing)?", r"(?:an|this|the|real) interview", r"quiz", r"exam", r"(?:the|this) (?:job|role|position)", r"my field", r"a machine", r"(?:your|the) (?:scale|tone)",
    r"for a (?:senior|junior)", r"by (?:heart|hand)", r"in (?:my head|twenty seconds)", r"told", r"answer(?: that| this|s)", r"years of experience",
)  # fmt: skip


def _objects(plain: str) -> bool:
    """Whether it is about the question or the interview, and against it."""
    if _REASONS.search(plain) or _HEDGE.search(plain):
        return False
    if _COMPLAINTS.search(plain):
        return True
    return bool(_INTERVIEW.search(plain) and _AGAINST.search(plain) and not _TECHNICAL.search(plain))


_HEDGE = _any(r"i would (?:do|say|use|take|look)", r"so i", r"the question is (?:whether|who|what|how|if)", r"so in short")

_ASKS = re.compile(
    r"^(?:(?:so|and|okay|hey|wait|sorry|well|by the way|just),? )*(?:"
    r"(?:do|does|did|can|could|may|should|must|shall|is|are|was|were|will|would|has|have|am) (?:you|i|we|it|that|this|there|the|they|their|both|my)\b"
    r"|(?:what|which|who|whose|how|where|when) |(?:are|is) we|when you say|by [\w-]+ (?:do )?you mean|you mean|you want|so you are asking|optimi[sz]e for what|(?=[^.]*\?$)(?:or|in|per|including|one|two|generated|for)\b)"
)
_GUESSES = re.compile(r"^(?:is|was|would) (?:it|that|this) (?:the|a|an|because|when|to|that|by|from|like)\b")
"""An answer put as a question."""
_OWN_VIEW = _any(
    r"i would", r"i will", r"let us", r"so (?:i|it|we|the)", r"it is", r"that is", r"there it", r"they are", r"depends?", r"because", r"since", r"means", r"say", r"then", r"but", r"if", r"not",
    r"assume [a-z]+ and", r"i do", r"i take", r"that", 
)  # fmt: skip


def _asks_what_is_meant(plain: str, words: int) -> bool:
    """Whether it is a question and nothing else: who asks and goes on answers."""
    if not _ASKS.match(plain) or _GUESSES.match(plain):
        return False
    if plain.endswith("?"):
        return not re.search(r"[.;:]\s", plain) and plain.count("?") <= 2
    return words <= MAX_UNMARKED and not re.search(r"[.,?:;]", plain.rstrip(".")) and not _OWN_VIEW.search(plain)
