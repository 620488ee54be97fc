"""Words of an answer that may earn no credit, whatever they match: disclaimers, hearsay, announcements.

All patterns are matched on one sentence in the folded form of ``core.normal.fold``.
"""

from __future__ import annotations

import re

DISCLAIMER = re.compile(
    "|".join(
        [
            # "it should say I don't know" is about the model, not about the candidate
            r"(?<!say )(?<!says )(?<!saying )(?<!answer )(?<!with )(?<!is )(?<![\"'])"
            r"\bi (?:really |honestly |actually |just )?(?:do not|don't|dont|did not|didn't|can not|can't|cannot|could not) "
            r"(?:really |actually |quite |even |fully |exactly )?(?:know|understand|remember|recall|explain|say)\b",
            r"\b(?:no idea|no clue|never heard|never understood|i forgot|i forget|i read somewhere|heard of"
            r"|i am guessing|i'm guessing)\b",
            r"\bnot (?:really |quite |too |so )?(?:sure|certain|familiar)\b",
            r"\b(?:i have heard|i've heard|i heard|i have seen the (?:word|term))\b",
        ]
    )
)
"""What the candidate says they do not know."""

HEARSAY = re.compile(
    "|".join(
        [
            r"\b(?:misconception|myth)s?\b",
            r"\b(?:some|many|most|others?)(?: (?:people|candidates|engineers|folks)(?: will| would)?)? (?:often |still )?"
            r"(?:say|think|claim|believe|assume)\b",
            r"\bpeople (?:often |sometimes |usually |still )?(?:think|claim|believe|assume)\b",
            # "people say six n" reports no mistake unless it is called one
            r"^\W*(?:and |so |but |well )?people (?:often |sometimes |usually |still |will |like to )?say\b"
            r"(?=.{0,200}\b(?:wrong|not true|false|incorrect|untrue|nonsense)\b)",
            r"\bit(?:'s| is) (?:simply |just |plainly )?(?:not true|false|wrong|incorrect|untrue|not the case)"
            r"(?: to (?:say|think|claim|believe|assume))? that\b|\bit isn't (?:true|the case) that\b",
            r"\ba common (?:mistake|error) is\b",
            r"\b(?:you|one) (?:might|may|could) think\b",
        ]
    )
)
"""What the candidate reports as a mistake of others."""

_SHALL = (
    r"\b(?:i|we)(?: ?'?(?:d|ll)| would| will| could| can| might| should| want to| wanted to| plan to| ?'?m going to"
    r"| am going to)(?: (?:also|then|first|next|just|maybe|probably|briefly|love|like|want|rather|start|begin|end|finish|by|to"
    r"|and|certainly|of course|quickly|definitely|have)){0,3} "
)

ANNOUNCED = re.compile(
    "|".join(
        [
            rf"{_SHALL}(?:talk|talking|speak|speaking|say (?:something|a word|a few words|a bit)|comment|elaborate|expand|dwell"
            r"|touch) (?:\w+ )?(?:about|on|upon)\b",
            # what a model, a team or a user is told is no announcement, nor is what is covered, addressed or laid out
            rf"{_SHALL}(?:discuss\b(?! (?:\w+ ){{0,3}}with\b)|go into\b(?! production)|come back to\b"
            r"|explain (?:how\b(?! to\b)|why|what|which|that one|both)\b)",
            r"\bthere(?: ?'?s| is| are)(?: (?:also|then|of course|the|this|a|that|whole|another)){0,3} "
            r"(?:question|topic|matter|subject) (?:of|about|who|what|how|why|which|where|whether)\b",
            r"\b(?:is|are) (?:also )?(?:a|another) topic\b(?! model)",
            r"\bi have (?:\w+ )?(?:opinions|views|thoughts) (?:on|about)\b",
        ]
    )
)
"""What the candidate says that there is to be said, instead of saying it."""
