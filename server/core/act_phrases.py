"""The phrases by which acts are told apart, in the form that ``acts`` brings an utterance to: lower case, no contractions.

One a line, as regular expressions; ``<name>`` stands for one of ``_PARTS``.
"""

from __future__ import annotations

import re

_PARTS = {
    "end": r"(?=[.,!?;…]|$)",
    "it": r"(?:it|that|this)",
    "some": r"(?: (?:just|a|one|two|ten|thirty|half a|some|short|little|more))*",
    "span": r"(?:moment|second|seconds|sec|minute|minutes)",
    "pause ends": r"(?= (?:to|for|please|i|here|now|with|while|and)\b|[.,!?…]|$)",
    "mine": r"(?:my (?:whole )?answer|my estimate|my plan|the end|the lot|the story|the design)",
    "ask leave": r"(?:can|could|may|shall|let us|i would|i will|i|want to|rather|okay if|to|please)",
    "think": r"(?:think|see|calculate|recall|remember|count|digest|collect|sort|write|jot|go through|make a list|pick"
    r"|do the math|start over)",
    "go on": r"(?:move on|go on|go to|go further to|go on to|jump to|continue with)",
    "have not": r"(?:never|not) (?:heard|worked|read|used|done|trained|learned|learnt|needed|seen|built|familiar)",
}


def any_of(phrases: str) -> re.Pattern[str]:
    """Matches any of the phrases as whole words."""
    lines = [line.strip() for line in phrases.splitlines() if line.strip()]
    written = [re.sub(r"<([a-z ]+)>", lambda match: _PARTS[match[1]], line) for line in lines]
    return re.compile(rf"(?<![\w'])(?:{'|'.join(written)})(?![\w'])")


DONE = any_of(r"""
    (?:that|those|this) (?:is|was|would be|should be|are)(?: (?:it|all|everything|basically|about|complete|<mine>))+
    that covers it|that concludes
    (?:would|will) be (?:my answer|my plan|all)
    i would (?:leave it|stop) (?:there|here)<end>
    (?:am|are|have|i) (?:done|finished|finish)
    ^(?:and |so )?(?:done|finished|ready)<end>
    done$
    (?:nothing|not|no)(?: to)? (?:more|else)(?: to (?:add|say|it))?
    (?:nothing|want) to add
    stop talking
    end of answer
    have (?:said|covered) (?:everything|all)
    leave it at that
    happy with that
    so much for that
    so far from my side
    i am through the
    (?:answers|covers) (?:this|your) question
    no more to say
    not much more to it
    you can go ahead
""")
SKIP = any_of(r"""
    <ask leave>(?: \w+)? (?:skip|pass|move on|leave (?:<it>|the \w+)|switch|drop <it>|jump)
    (?:we|us|i|you) (?:do|have|get|take|ask me)(?: just)? (?:another|a different|an easier|something else|some other)(?: \w+)?
    put (?:this|that) one aside
    come back to <it> later
    (?:let us )?<go on>(?: please)?(?: to)?(?: the)?(?: next)?(?: one| question)?
    next (?:question|one)
    ^(?:next|skip|pass)<end>
    (?:^|[,.] ?)(?:skip|pass)(?: <it>| on (?:this|that))?(?: please| sorry| one)?<end>
    i pass
    (?:not|do) (?:this|that) one
    another (?:question|one)<end>
    what is next
    skip <it>$
    (?:we|us) continue
    pass sorry
    different question
""")
REPEAT = any_of(r"""
    (?:can|could|would|may|please) (?:you|i)(?: \w+){0,5} (?:repeat|repeating|say|read|ask|hear)(?: (?!me something)\w+){0,5}
    can repeat
    (?:repeat|say|ask|read)(?: me)?(?: <it>)?(?: again| once more|,? please)
    (?:please )?repeat(?: the question)?<end>
    (?:not|only)(?: quite| really)? (?:catch|hear|heard|get|understand acoustically)(?: \w+){0,4}
    zoned out
    (?:what|which) (?:\w+ )?did you say
    how (?:many|much|long) \w+ did you say
    was (?:it|that) again
    what (?:was|is) (?:the|your) question
    beg your pardon
    pardon(?: me)?
    excuse me<end>
    say again
    again,? please
    (?:line|connection|sound|audio|microphone|headphones) (?:\w+ )?(?:dropped|cut|bad|disconnected|broke|gone)(?: out)?
    ^(?:sorry,? )?what\W*$
    [,;.] again\?
    [,-]what\?
    what sorry$
    for what\? i
""")
THINK = any_of(r"""
    (?:give|need|take|have|had?|want|like|bear|hold on|hang on|wait)(?: me| on)?<some> (?:<span>|time)<pause ends>
    (?:just )?(?:a|one|two|half a) <span>(?: please)?<end>
    just a <span>(?= i)
    (?:one|two) <span>(?= i)
    hold on|hang on|bear with me
    wait(?: wait)*<end>
    let me (?:just |quickly |first |have a quick )*<think>
    (?:to|must|if i) think
    just thinking|calculating
    moment, moment
    need to (?:remember|calculate|picture)
    get the numbers straight
""")
DONT_KNOW = any_of(r"""
    (?:do|would|did) not (?:really |even |think i )?(?:know|remember|recall)(?: (?:any|what|how|about|<it>))?(?: \w+){0,4}?<end>
    ^(?:i )?do not know
    no idea|no clue|faintest idea|clueless
    <have not>(?: (?:of|on|with|about|<it>))?
    not sure at all
    (?:can|could) not (?:\w+ )?(?:answer|say|tell|derive|remember|explain)
    (?:i )?forgot
    (?:gap in|beyond) my
    have to look
    got me there
    no experience
    (?:is|am)(?: completely)? blank
    i have (?:got )?nothing
    not good enough for this
    now it is gone
    not have an answer
    not have (?:any|much) (?:experience|idea)
""")

COMPLAINTS = any_of(r"""
    (?:that|this) is (?:\w+ ){0,2}(?:ridiculous|insulting|unfair|nonsense|not serious)
    you interrupted me
    we (?:spoke|talked) about (?:this|that)
    had covered that
    is not relevant for
    not giving me(?: \w+)* information
    (?:do|does) not like (?:the|your) tone
    who even cares
    i am not going to do that
    (?:is|are) (?:way |far |much )*too (?:vague|broad)
    supposed to answer
    why is (?:this|that|it) (?:still )?asked
    why would anybody need to do that
    this is a false choice
    you should ask
    no point
""")
INTERVIEW = any_of(r"""
    questions?|ask(?:ed|ing)?|quiz|exam|told
    (?:an|this|the|real) interview
    (?:the|this) (?:job|role|position)
    my field|a machine
    (?:your|the) (?:scale|tone)
    for a (?:senior|junior)
    by (?:heart|hand)
    in (?:my head|twenty seconds)
    answer(?: that| this|s)
    years of experience
""")
"""What an objection is about."""
AGAINST = any_of(r"""
    unfair|not (?:a |really |very )*fair
    stupid|silly|dumb|vague|broad|(?:ir)?relevant|meaningless|pointless|point of|trick|leading|bad(?:ly)?|worded
    ridiculous|insulting|weird|(?:no|any) sense|basic|(?:old|out)[ -]?(?:fashioned|dated)|already|wrong|false|mixing
    nothing to do with
    not (?:what|giving|serious|possible|like|an? \w+ interview)
    why (?:do|are|would|is|should)
    nobody|no one|anybody|anyone|somebody|who even
    interrupted|confidential|rating
    can not (?:expect|ask)
    you (?:have )?(?:just |already )?asked
    not going to|not want to
    do i (?:really )?have to
    no offen[cs]e
    never told me|told you|was told
    instead\?
    not my|not an? \w+\.
    how should i
    i thought we
    a minute ago
""")

EVERYDAY = frozenset(
    """
    raining rain snowing snow weather sunny sun storm heating umbrella parking park salary pay visa visas holiday holidays
    vacation overtime bonus relocation breakfast lunch dinner coffee coffees tea espresso milk beer pizza restaurant food
    hungry starving thirsty cat dog kid kids daughter son baby wife husband sister brother mother father mum mom mummy daddy
    dad honey darling parents grandma landlord neighbour neighbours neighbour's neighbor neighbors neighbor's parcel postman
    pet alexa siri birthday christmas bookshelf sweater shirt haircut accent wallpaper plant plants camera microphone lights
    music background battery charger screen doorbell door window kitchen blinds phone wifi match football film movie train
    bus flight airport tram taxi manager office building company's remotely dress weekend party concert cold sneeze cough
    headache tired chair desk shelf cable laptop keyboard mouse linkedin moving flat apartment garden vacuum construction
    drilling ambulance siren noise noisy loud warm hot thai bless
    """.split()
)
"""Words of what may come up in a room, on a line or with an employer."""
PERSONAL = any_of(r"""
    i|my|me|your|you|our|us|here|please
    alexa|siri|(?:okay|ok|hey) google|honey|mum|mom|bless
    (?:it|what) is|is (?:it|the)
""")
OFF_TOPIC = any_of(r"""
    (?:hear|get) back from (?:you|them)
    interview take
    are you recording
    where are you from
    what time is it(?=\W*$)
    testing testing
    (?:work|working) remotely
    okay google
    dress code|salary range|my manager
    glass of water
    (?:calling|call|phone) (?:me |you |them )?(?:back|later)
    (?:talking|speaking) to my \w+
    (?:we|i) (?:are|am) moving to
""")
ABOUT_QUESTION = any_of(r"""
    questions?|repeat|ask(?:ed|ing)?|interview|quiz|exam|choice|skip|next|told|topic
    say (?:it|that)
    (?:did|could) not (?:hear|catch)
    (?:the|this) (?:job|role|position|field)|my field
    a machine
    (?:your|the) (?:scale|tone)
    for a (?:senior|junior)
    by (?:heart|hand)
    in (?:my head|ten minutes|twenty seconds)
    answer(?: that| this)?
    years of experience
    nobody at your
""")

ASKS = re.compile(
    r"^(?:(?:so|and|okay|hey|wait|sorry|well|by the way|just),? )*(?:"
    r"(?:do|does|did|can|could|may|should|must|shall|is|are|was|were|will|would|has|have|am)"
    r" (?:you|i|we|it|that|this|there|the|they|their|both|my)\b"
    r"|(?:what|which|who|whose|how|where|when) "
    r"|(?:are|is) we|when you say|by [\w-]+ (?:do )?you mean|you mean|you want|so you are asking|optimi[sz]e for what"
    r"|(?=[^.]*\?$)(?:or|in|per|including|one|two|generated|for)\b)"
)
"""How a question begins."""
GUESSES = re.compile(r"^(?:is|was|would) (?:it|that|this) (?:the|a|an|because|when|to|that|by|from|like)\b")
"""How an answer begins that is put as a question."""
WANTS_QUESTIONS = any_of(r"""
    (?:do|would|could|will) you (?:ask|want to know|like to know)
    questions? (?:do|would|could|will) you
    want to know
    clarif\w+
""")
"""In what is asked: a question may be its answer."""

REASONS = any_of(r"""
    but|because|since|means?|meaning|unless|whereas|instead of|rather than|depends?
    that is (?:how|why)|which is|first i
    so (?:i|it|the|a|you|we) \w+
    i would (?:say|use|guess|start|check|first)
""")
"""Who gives reasons answers."""
OWN_VIEW = any_of(r"""
    i would|i will|i do|i take|let us|it is|that is|there it|they are|depends?|because|since|means|say|then|but|if|not|that
    so (?:i|it|we|the)
    assume [a-z]+ and
""")
HEDGE = any_of(r"""
    i would (?:do|say|use|take|look)
    so (?:i|in short)
    the question is (?:whether|who|what|how|if)
""")
TECHNICAL = any_of(r"""
    models?|tokens?|tools?|retriev\w+|embedd?\w+|vectors?|data|prompts?|train\w+|cach\w+|gpus?|rubric|raters?|memory|latency
    index\w*|weights?|batch\w*|layers?|attention|quer(?:y|ies)|chunks?|users?|requests?|agents?|api|metrics?|loss|gradients?
    parameters?|recall|precision|search\w*|document\w*|evals?|filter\w*|examples?|same idea|numbers
    should be|should not|must
    (?:it|that|this|which|mail|we) (?:could|would|should)
""")
"""Shows that an utterance is about the subject after all."""

COMMON = frozenset(
    """
    a again able actually afraid after alright all also am an and any anything are around as ask asked asking at back be been
    before being bit can catch could did do done else end everything first for from get give go going good got had has have
    head hear heard hello here hey honestly i if in interesting is it just know last later like little long may maybe me might
    mind minute moment more much must my need never next no not nothing now of off ok okay on once one only or other out over
    pardon part perhaps please point properly question questions quickly quite really right said say second see should slowly
    so some something sorry start still sure take thank thanks that the them then there these thing things think this those
    though time to too uh up want was we well were what when which while will with word words would yeah yep yes yet you your
    nope frankly honest frank excuse instead ugh louder very kind short clue idea remember answer read numbers wait ever
    """.split()
)
"""Words that say nothing about the subject."""
