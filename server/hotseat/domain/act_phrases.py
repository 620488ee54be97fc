"""The phrases by which acts are told apart, in the form that ``acts`` brings an utterance to: lower case, no contractions.

One a line, as regular expressions; ``<name>`` stands for one of ``_PARTS``.
"""

from __future__ import annotations

import re

_PARTS = {
    "end": r"(?=[.,!?;…]|$)",
    "it": r"(?:it|that|this)",
    "some": r"(?: (?:just|a|one|two|ten|thirty|half a|some|short|little|more))*",
    "span": r"(?:moments?|seconds?|secs?|minutes?|mins?|mo|tick|beat|breath|breather|pause|instant|jiffy)",
    "pause ends": r"(?= (?:to|for|please|i|here|now|with|while|and)\b|[.,!?…]|$)",
    "mine": r"(?:my (?:whole )?answer|my estimate|my plan|the end|the lot|the story|the design)",
    "ask leave": r"(?:can|could|may|shall|let us|i would|i will|i|want to|rather|okay if|to|please)",
    "think": r"(?:think|see|calculat\w*|recall|remember|count|digest|collect|sort|writ\w*|jot|go through|make a (?:list|note)|pick"
    r"|do (?:the|some|a) (?:math|maths|calculation|sums?)|start over|mull|chew|ponder|reflect|consider|work|figure|gather|organi[sz]\w*"
    r"|process|sketch|picture|rack|dig|run through|go over|draw|order|prepare|compute|estimate|visuali[sz]e|concentrate|focus"
    r"|get (?:my|this|that|it|the)|find (?:the|my|a)|wrap my|catch my|put my|look at (?:it|this|that)|check my|make sure i|breathe)",
    "go on": r"(?:move on|go on|go to|go further to|go on to|move to|jump to|jump ahead|continue with|proceed to|proceed with|get on with)",
    "have not": r"(?:never|not)(?: \w+)? (?:heard|worked|read|used|done|trained|learned|learnt|needed|seen|built|familiar|come across|came across|encountered"
    r"|looked (?:into|at)|studied|dealt|touched|tried|had to|had (?:the chance|contact|anything)|got (?:around|to)|played|implemented|covered|met|understood)",
}


def any_of(phrases: str) -> re.Pattern[str]:
    """Matches any of the phrases as whole words."""
    lines = [line.strip() for line in phrases.splitlines() if line.strip()]
    written = [re.sub(r"<([a-z ]+)>", lambda match: _PARTS[match[1]], line) for line in lines]
    return re.compile(rf"(?<![\w'])(?:{'|'.join(written)})(?![\w'])")


DONE = any_of(r"""
    (?:that|those|this) (?:is|was|would be|should be|will be|are)(?: (?:it|all|everything|basically|about|complete|enough|<mine>))+
    (?:that|which) (?:covers|concludes|wraps|sums|completes|does|finishes|rounds|brings me to)(?: (?:it|that|everything|up|off|my|the end|answer))+
    that is (?:that|me|as (?:far|much|deep|good|detailed) as|the extent|pretty much (?:it|all|everything)|what i (?:have|know|can))(?: (?:i|it|can|go|know|get|gets))*
    that (?:will|should|would) do(?: it)?|should suffice|should be it|would be it
    (?:would|will) be (?:my answer|my plan|all)
    all (?:from me|from my (?:side|end)|i (?:have|got|know|can|remember|wanted|had)(?: (?:got|to|say|add|offer|on|for|about))*)
    i (?:would|will) (?:just )?(?:leave it|stop|end|finish|close|conclude|rest)(?: (?:it|there|here|with that|at that|my case|now))+<end>
    (?:let us )?(?:leave|stop|end|finish|close) (?:it |this )?(?:there|here|at that)<end>
    (?:am|are|have|i|me) (?:all |now |pretty much |basically |mostly )?(?:done|finished|finish|good to go)
    ^(?:and |so |all )?(?:done|finished|ready|complete|over|the end|finito)<end>
    done$|full stop$|period$
    (?:nothing|not|no|anything)(?: to)? (?:more|else|further)(?: (?:to (?:add|say|it)|from (?:me|my side|my end)|comes to (?:my )?mind|points?))
    nothing (?:more|else|further)<end>
    nothing (?:left|comes)(?: to (?:say|add|mind))?
    (?:nothing|want|wish|need|like) to add
    (?:stop|done|finished) (?:talking|speaking)
    (?:end|conclusion) of (?:my )?(?:answer|story|speech)
    have (?:said|covered|told you|mentioned|given you|listed) (?:everything|all|what i|my piece|the (?:main|key|important))(?: \w+){0,4}
    leave it at that|happy with (?:that|my|this)|stick with (?:that|this)|go with that|(?:my )?final answer
    so much for that|so far from my side|there you (?:have it|go)|enough from me
    i am through the|that is my (?:take|view|answer|position|two cents|summary|response)
    (?:answers|answered) (?:this|your|the) question|hope that (?:answers|covers|helps)(?: \w+){0,3}
    no more to say|not much more to it|(?:ran|run) out of (?:points|things|ideas)(?: to say)?
    (?:over|back) to you|your turn|you (?:can|may) (?:go ahead|continue|proceed|take over|go on|stop the clock)
""")
SKIP = any_of(r"""
    <ask leave>(?: \w+)? (?:skip|pass|move on|leave (?:<it>|the \w+)|switch|drop <it>|jump|bypass|park|table|shelve|proceed|carry on|change)(?: (?:<it>|one|over|the|this|topic|subject|question|here))*
    (?:^|[,.;] |please |just |let us |go ahead and )(?:skip|skipping|pass on|passing on|park|drop|leave out|omit|bypass|scratch|forget) (?:<it>|the question|over (?:<it>|the))(?: (?:one|question|part))?<end>
    (?:we|us|i|you) (?:do|have|get|take|ask me|try|hear|talk about|offer)(?: just)? (?:another|a different|an easier|a new|something (?:else|different)|some other|the next)(?: \w+)?
    (?:give|ask|throw|hit|try|get|offer|show|send)(?: me)?(?: with)? (?:another|a different|a new|something (?:else|different)|the next|the following|your next)(?: (?:one|question|topic))?
    put (?:<it> )?(?:one |question )?(?:aside|off|on hold|to one side)
    (?:come|get|go|circle|return|loop)(?: back)? to (?:<it>|this one|that one)(?: (?:one|question))? (?:later|at the end|another time|afterwards)
    (?:save|leave|keep|postpone|defer) (?:<it>|this one|that one)(?: one)? (?:for|until|till) (?:later|the end|last|another)
    (?:let us |shall we |can we )?<go on>(?: please| along)?(?: to)?(?: the)?(?: next| following)?(?: one| question| topic)?<end>
    (?:let us|shall we|can we|could we|may we|we can|we could|we should|just|please|better) (?:<go on>|move along|keep going|carry on|proceed|go ahead|continue)(?: (?:to|with|the|next|on|one|question|something|else|another))*
    moving on(?: please)?<end>|move along
    (?:the )?next (?:question|one|topic)(?=[.,!?;…]|$| please| instead)|next,? please|(?:on to|onto) the next<end>|what is next|what else (?:do you have|have you got|is there)
    ^(?:no )?(?:next|skip|pass|hard pass|no comment|never mind|nevermind)<end>
    (?:^|[,.] ?)(?:skip|pass)(?: <it>| on (?:this|that))?(?: please| sorry| one)?<end>
    (?:i|hard|take a|get a) pass|(?:i am )?going to pass|pass sorry
    (?:rather|prefer|better|choose) not(?: to)?(?: (?:answer|do|say|talk about|go into|attempt|try)(?: <it>)?(?: one)?)?
    (?:not|do) (?:this|that) one|sit this one out|opt out|give up on (?:<it>|this one)|not going to (?:answer|attempt|try)(?: <it>)?
    (?:another|different|new|other|easier) (?:question|one|topic)<end>
    (?:we|us) continue|swap <it>
""")
REPEAT = any_of(r"""
    (?:can|could|would|may|please|might|will|mind) (?:you|i|if you)(?: \w+){0,5} (?:repeat|repeating|say|saying|read|reread|ask|hear|restate|reiterate|go over)(?: (?!me something)\w+){0,5}
    (?:can|mind) (?:repeat|repeating|saying)|(?:a )?repeat please
    (?:repeat|say|ask|read|state|give|run|tell|play|go over|go through|put)(?: me)?(?: (?:<it>|the question|the whole thing|by me|to me|it to me))*(?: again| once more| one more time| one last time|,? please| slower| more slowly| louder)
    (?:please )?(?:repeat|restate|reread)(?: (?:the question|<it>))?<end>
    (?:not|only|hardly|barely)(?: quite| really| fully| properly)? (?:catch|caught|hear|heard|get|got|follow|make out|register|understand acoustically|understand (?:you|a word))(?: \w+){0,5}
    (?:hard|difficult|could not) to (?:hear|make out|understand)(?: \w+){0,3}
    i (?:have |just |only |totally |completely |think i |must have )*(?:missed|misheard|lost)(?: (?:<it>|you|the|what|part|half|some|most|a|of|end|beginning|start|first|second|last|middle|bit|word|words|sentence|question|track|thread|there|asked|said))+
    zoned out|(?:was|got) distracted|mind wandered|was not listening|spaced out|not paying attention|forgot (?:the|your) question|forgot what you (?:asked|said)
    (?:what|which|who|how much|how many|where|when)(?: \w+){0,2} (?:did|were|was) (?:you|it|that)(?: just)? (?:say|said|ask|asked|asking|saying|mention|again)(?: \w+){0,3}
    was (?:it|that) again|again was (?:it|that)|what was that|what is that again|you (?:said|asked|want) what
    what (?:was|is|exactly was|were) (?:the|your|that)(?: \w+){0,2} question|(?:the|your) question(?: (?:again|was|once more|one more time))+
    beg (?:your )?pardon|pardon(?: me)?|come again|say (?:again|what)|excuse me<end>|once more<end>|one more time|again,? please|again<end>$
    run that by me|remind me (?:what|of)(?: \w+){0,5}
    (?:you|everything|your (?:voice|video|picture))(?: (?:just|are|is|were|was|have))*(?: (?:breaking|broke|cutting|cut|dropping|dropped|froze|frozen|lagging|garbled|choppy|muffled|faint|inaudible|too quiet|crackling|gone))+(?: (?:up|out|off|there|for|a|second|moment))*
    (?:my |your |the )?(?:line|connection|sound|audio|microphone|mic|headphones|headset|earbuds|earphones|internet|wifi|bluetooth)(?: \w+){0,3} (?:dropped|drop|dropping|cut|cutting|bad|disconnected|broke|breaking|gone|went|died|froze|lagged|lagging|glitched|hung|crackled|stuttered|terrible|unstable|muted)(?: (?:out|up|there|for|a|second|moment|off|dead))*
    (?:speak|talk)(?: a (?:bit|little))? (?:up|louder|slower|more slowly)|(?:a (?:bit|little) )?(?:louder|slower|more slowly)(?: please)?<end>
    ^(?:sorry,? |wait,? )?(?:what|huh|eh|sorry|hm)\W*$
    [,;.] again\?
    [,-]what\?
    what sorry$
    for what\? i
""")
THINK = any_of(r"""
    (?:give|need|take|have|had?|want|like|bear|hold on|hang on|wait|allow|grant|spare)(?: me| on| us| with me)?<some> (?:<span>|time)<pause ends>
    one (?:moment|second|sec|minute|tick)(?: please)?<end>
    just (?:a|one|another)(?: \w+)? <span>(?: please)?<end>
    (?:a|another|two)(?: \w+)? <span> please
    (?:two|ten|thirty) <span>(?= i am)
    just a <span>(?= i)
    (?:one|two) <span>(?= i)
    hold on|hang on|^hold up|bear with me|stay with me|be patient|patience|not so fast|almost there|nearly there|getting there
    wait(?: wait)*<end>|(?:short|small|quick|brief) (?:pause|break)
    let (?:me|us) (?:just |quickly |first |briefly |have a (?:quick )?)*<think>(?:ing)?
    i (?:need|have|want|must|would like|will have|will need) (?:to )?(?:think|ponder|reflect|consider)|(?:must|if i) think|(?:moment|second|minute|time|while|bit) to think
    (?:just|still) thinking|(?:needs?|requires) (?:some |a bit of |a little )?(?:thought|thinking)
    i am (?:just |still |only |quickly )*(?:<think>ing|trying to (?:remember|recall|think|figure|work|find|picture|see|decide)|doing the math|working (?:it|this|that) out)
    ^(?:thinking|calculating|pondering|processing|buffering)<end>|i am calculating
    moment, moment|moments?<end>$|let us see
    (?:need|want|have|like|try|trying|got) to (?:remember|calculate|picture|recall|gather|collect|work (?:it|this) out|figure|concentrate|focus|breathe|process|organi[sz]e)
    get the numbers straight|get my (?:thoughts|head|bearings|ideas)|(?:gather|collect|sort|order|organi[sz]e|arrange) my (?:thoughts|ideas|head|notes)
    where (?:do|shall|should|would|can|to) (?:i )?(?:start|begin)|where was i|how (?:do|should|shall|can|would|to) (?:i )?(?:put|say|phrase|start|begin|explain|approach)(?: (?:this|it|that|best))?
    tip of my tongue|(?:it )?will come (?:back )?to me|i know this|(?:deep|take a) breath|no rush|do not rush me
    that is (?:a )?(?:really |very )?(?:tough|hard|tricky|big|good|deep|interesting|great|nice)(?: (?:one|question))?
""")
DONT_KNOW = any_of(r"""
    (?:do|would|did) not (?:really |even |honestly |think i |actually |quite )*(?:know|remember|recall)(?: (?:any|what|how|about|why|where|enough|<it>))?(?: \w+){0,4}?<end>
    ^(?:i )?do not know|dunno|idk|i wish i knew|if only i knew|who knows|search me|beats me|(?:i )?should know (?:this|that)
    no idea|no clue|not a clue|a clue|faintest|foggiest|slightest idea|clueless|no notion|not the slightest
    <have not>(?: (?:of|on|with|about|in|to|anything|much|like|<it>|such|one|those|before|myself|either|deeply|enough))*
    not (?:really |entirely |at all )?(?:sure|certain)(?: at all)?<end>
    (?:^|i )(?:really |honestly )?(?:can|could) not (?:\w+ )?(?:answer|say|tell|derive|remember|explain|recall|think of|come up with|help|give you|do it|place it|offer|produce|describe|put it into words)(?: (?:you|anything|<it>|an|any|one|much|with|here))*
    i (?:have )?(?:completely |totally |simply )?forgot(?:ten)?(?: (?:it|all|how|that|about))*|slipped my mind|escapes me|it is gone<end>
    (?:gap in|beyond|outside|out of|outside of|above) my(?: \w+){0,4}|over my head|out of my depth|above my pay ?grade|(?:is )?not my (?:area|field|strength|strong|topic|thing|domain|forte|expertise|speciality)(?: \w+){0,3}
    (?:a|my) (?:weak|blind) (?:spot|point|side)|(?:very |too |quite |pretty )?(?:rusty|weak) (?:on|in|at|here)(?: \w+){0,2}
    have to (?:look|google|search|check|pass|guess|admit defeat)|look (?:it|that|this) up|would (?:only |just )?be guessing|(?:a )?(?:pure|wild) guess|(?:want|like) to guess
    got me there|(?:you )?(?:have )?(?:got|caught|stumped|lost) me(?: (?:there|here|with that|on that|on this|off guard))+|stumped|at a loss|i am (?:stuck|lost|blanking|out of ideas|out)<end>|i give up|you win
    (?:no|zero|little|hardly any|not much|not enough|lack the|lack) (?:experience|knowledge|exposure|background|hands on)(?: (?:with|in|of|on|about) \w+)?
    (?:is|am|are|gone|went|goes|a|drawing a|draw a|drew a)(?: (?:completely|totally|just))? blank|blanking
    (?:i )?(?:have )?(?:got |really )*nothing(?: (?:to offer|for you|here|at all|comes(?: to (?:my )?mind)?))?<end>|nothing comes to (?:my )?mind|comes up empty
    not good enough for this|is new to me|new (?:one )?(?:for|to) me|first (?:time )?i (?:hear|heard|have heard)(?: (?:of|about))?(?: <it>)?|(?:ring|rings|ringing) (?:a|no|any) bells?|unfamiliar|means nothing to me|says nothing to me
    (?:not|no) (?:have|got) (?:an answer|a good answer|the answer|answer)|not have (?:any|much|the|enough) (?:experience|idea|knowledge|background|answer)(?: (?:with|in|of|on|about) \w+)?
    not something i (?:know|have|ever|can|would)(?: \w+){0,4}|not in my (?:repertoire|toolbox|head)
""")

COMPLAINTS = any_of(r"""
    (?:that|this|it) (?:is|seems|feels|sounds)(?: \w+){0,2} (?:ridiculous|insulting|unfair|nonsense|not serious|absurd|silly|unprofessional|rude|inappropriate|offensive|irrelevant|unrealistic|private|personal|a waste of \w+|trivia|a gotcha)
    you interrupted me|you cut me (?:off|short)|let me finish|i (?:was not|had not) (?:done|finished)(?: \w+)?
    we (?:have )?(?:spoke|spoken|talked|been) (?:about|through|over) (?:this|that)|(?:had|have|just) (?:already )?(?:covered|answered|explained|said|discussed) (?:that|this|it)(?: one| already)?
    is not relevant for
    not (?:giving|given|gave|give) me(?: \w+){0,3} (?:information|context|detail|details|data|time)|not enough (?:information|context|details|time)
    (?:do|does) not (?:like|appreciate|care for) (?:the|your|this) (?:tone|attitude|line of questioning|style|format)
    who even cares|who cares|who needs (?:this|that)|who comes up with (?:this|that|these)
    i am not (?:going to do that|here to|comfortable|convinced|happy with)|i (?:object|refuse|protest)|uncomfortable|none of your business|under (?:an )?nda|not at liberty|not allowed to (?:say|talk|share)
    (?:is|are) (?:way |far |much |a bit |just |really )*too (?:vague|broad|personal|specific|theoretical|academic|basic|easy|general|open|long|detailed)
    supposed to (?:answer|know (?:that|this))|what (?:does|has) (?:this|that|it)(?: \w+)? (?:to do )?with (?:the|this|my)(?: \w+)?|what is the point|how is (?:this|that) (?:relevant|fair|useful)
    why is (?:this|that|it) (?:still )?asked|why would anybody need to do that|why (?:does|would|should) (?:this|that|it|anyone|anybody) (?:matter|care)
    this is a false choice|the premise|your premise|(?:disagree|object) (?:with|to) (?:the|your|this)(?: \w+)?
    you should ask|no point|waste of (?:my )?time|are you serious|you can not be serious|seriously|(?:the )?(?:second|third) time you
    you are (?:wrong|being|not being|putting words|rushing|assuming)|did not sign up|not what i (?:said|meant|applied for)|you have (?:got )?(?:it|that|me) wrong
    (?:do|does) not make (?:any |much )?sense|makes (?:no|little) sense
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
"""What an objection may be about."""
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
    raining rain snowing snow weather sunny sun heating umbrella parking salary visa visas holidays vacation overtime
    bonus relocation breakfast lunch dinner coffee coffees tea espresso milk beer pizza restaurant food hungry starving
    thirsty cat dog kid kids daughter son baby wife husband sister brother mother father mum mom mummy daddy dad honey
    darling parents grandma landlord neighbour neighbours neighbour's neighbor neighbors neighbor's parcel postman alexa
    siri birthday christmas bookshelf sweater shirt haircut accent wallpaper battery charger doorbell door kitchen
    blinds flight airport taxi remotely dress weekend sneeze cough headache tired shelf linkedin apartment garden
    ambulance siren thai bless
    """.split()
)
"""Words of what may come up in a room, on a line or with an employer."""
PERSONAL = any_of(r"""
    (?:my|our|your) (?:\w+ )?(?:\w+)
    i (?:am|need|have|forgot|left|just|will|love|like|hope|did not|got|think my|hear|can hear)
    (?:do|are|have|did|can|could|will|would) (?:you|we|i)|you have
    alexa|siri|(?:okay|ok|hey) google|honey|mum|mom|bless
    ^(?:it|what) is|is it|here|please
    (?:the \w+) is (?:right|at|on|in|so|too|calling|ringing|barking|crying)
    (?:my|our|the) (?:\w+ )?(?:is|are|was|has|just)
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
    (?:my|our|the) (?:train|bus|flight|tram|plane)(?: \w+)? (?:is|was|leaves|late|delayed|cancelled|stops)
    (?:turn|switch) (?:off|on|down|up) (?:the |your |my )?(?:\w+)|(?:turn|switch) the (?:camera|music|lights?|heating|volume|screen|air conditioning)(?: \w+)? (?:off|on|down|up)
    (?:your|my) (?:camera|background|screen|headset|room|office|desk|shirt|bookshelf|accent|sweater)(?: \w+)? (?:is|looks|seems|are|too)|(?:love|like|nice) (?:your|the) \w+|see my screen
    (?:close|open|shut) the (?:door|window)|(?:at|behind) the (?:door|window)|on the phone|my phone|have a pet|(?:bit of )?a cold<end>|need to be at
    (?:it is|is it)(?: \w+)? (?:raining|snowing|hot|cold|warm|loud|noisy|late)(?: (?:in here|outside|today|there))
    watch the (?:match|game|film|movie)|days of holiday|how many (?:holidays|vacation days)|do you (?:work|live|sponsor|validate|like|enjoy|drink|have (?:kids|pets|a))(?: \w+)*
    how are you|(?:what|who) is your (?:name|favou?rite)|(?:how long|when) (?:does|will|is|do) (?:this|the|i|we)(?: \w+)* (?:interview|hear|result|take|start|call)(?: \w+)*
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
    r"|(?=[^.]*\?$)(?:or|in|per|including|one|two|generated|for|any|with|within|as in|at|on|about|assuming|just|is|are|does|do|did|can"
    r"|should|would|will|has|have|was|were|may|am)\b)"
)
"""How a question begins."""
UNCLEAR = any_of(r"""
    (?:not|un) ?(?:quite |really |entirely |completely |exactly |very )?(?:sure|clear|certain|follow|see|get)(?: to me| on| about)? (?:what|which|whether|if|how|where)(?: exactly)?(?: \w+){0,2} (?:you|the question|is meant|you are)(?: \w+)*
    (?:do|did|can) not (?:quite |really |fully )?(?:understand|get|follow) (?:the|your|what|this|that)(?: \w+){0,3}
    (?:be|have|get|need|give me|with)(?: (?:a|some|any|bit|little))* more (?:specific|precise|concrete|context|detail|details|information|specifics|background)
    (?:narrow|scope|pin|break) (?:it|that|this|the question|things) down
    (?:can|could|would|please)(?: you)?(?: please)? (?:specify|clarify|elaborate|rephrase|explain what|define)|^rephrase (?:it|that|the question)
    (?:specify|clarify|rephrase) (?:that|the question|this|what)(?: you mean)?|need (?:a |some )?clarification
    what (?:exactly |precisely )?(?:do|did|would) you (?:mean|want|expect|have in mind|refer)|what (?:exactly )?(?:is|are) (?:meant|you (?:asking|after|looking|referring))
    (?:just )?to (?:be (?:sure|clear|certain|safe)|confirm|make sure|check|clarify)|let me (?:just )?(?:confirm|check|make sure|clarify|get this (?:right|straight))
    (?:if i (?:understand|understood|got|get) (?:you|it|this|that|the question)(?: right| correctly)?)(?=.*\?$)|do i understand|am i right (?:that|in)|did i get (?:that|it|you) right
    (?:you mean|you want)(?=.*\?$)|(?:you are asking|are you asking|do you mean|are we talking|should i assume|can i assume|may i assume|am i (?:free|allowed)|do i have to)
    (?:right|correct|or not|yes|or what)\?$
    (?:need|have|like) to know (?:which|what|whether|how|more)|tell me (?:which|more|whether|a bit more)|in (?:which|what) (?:sense|context|setting)
    (?:do|should|may|can|shall) (?:you want me|i|we) (?:to )?(?:assume|focus|include|consider|count|pick|choose|take|treat|use|limit|cover|talk|start|go)
""")
"""Asks what is meant in so many words."""
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
    i would (?:say|use|guess|start|check|first|ask|want|need)
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
ANALOGY = any_of(r"""
    like a|like the|as if|as in|as a|imagine|suppose|think of|picture|same as|the same|such as|every|each|whole|instead|than|for instance
    similar|analogy|just as|compare\w*|unless|otherwise|example
""")
"""Who compares answers."""
TECHNICAL = any_of(r"""
    models?|tokens?|tools?|retriev\w+|embedd?\w+|vectors?|data|prompts?|train\w+|cach\w+|gpus?|rubric|raters?|memory|latency
    index\w*|weights?|batch\w*|layers?|attention|quer(?:y|ies)|chunks?|users?|requests?|agents?|api|metrics?|loss|gradients?
    parameters?|recall|precision|search\w*|document\w*|evals?|filter\w*|examples?|same idea
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
