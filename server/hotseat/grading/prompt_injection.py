"""Patterns of sentences that talk to or about the grader instead of answering. Such sentences are never read.

Each pattern is matched on one sentence after ``text.normal.fold``.
"""

from __future__ import annotations

import re

_GRADING = r"(?:grade|score|rate|mark|assess|evaluate|judge|classify|treat|count|record)"
_GRADED = (
    r"(?:me|this answer|my answer|this response|this candidate|the candidate|this as|everything as"
    r"|all (?:of )?(?:the |my )?(?:points|criteria|rubric)|every (?:point|criterion))"
)
_PRAISED = (
    r"(?:met|meets?|cover|explain|demonstrat|deserve|satisf|address|show|pass|mention|clearly|correctly|fully"
    r"|should (?:be|get|receive)|has (?:given|provided|named|described|stated))"
)
_AWARD = r"(?:output|return|respond with|reply with|print|emit|assign|award|give|set)"
_PRIZE = (
    r"(?:verdict|full (?:marks?|credit)|top marks|highest (?:grade|score|mark|level|rating)|maximum (?:grade|score|points)"
    r"|status met|met true|(?:10|ten) out of (?:10|ten))"
)
_VOICE = r"(?:system|assistant|developer|admin\w*|grader|instructions?)"
_SCORER = (
    r"(?:grad(?:er|ing)|marker|(?:automat\w+ )?reviewer|evaluat(?:or|ion)|assessor|examiner|judge|scoring|parser|transcri\w+"
    r"|language model)"
)
_PRESIDING = r"(?:interviewer|examiner|moderator|recruiter|assessor)"
_ITEMS = r"(?:points?|items?|criteri\w+|statements?|bullets?|boxes|parts|entries|requirements)"
_COVERED = (
    r"(?:covered|addressed|given|present|ticked|met|named|verified|fulfilled|stated|passed|explained|credited|handled|said"
    r"|brought up)"
)

INJECTIONS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:strong|lean)[ -](?:no[ -])?hire\b",
        rf"\b{_GRADING} {_GRADED}\b",
        # "the judge should score the answer" is about a judge
        rf"(?:^\W*|\bplease |\byou (?:\w+ ){{0,2}}|\b(?:now|and|so|just|then) ){_GRADING} the answer\b",
        rf"\b(?:candidate|applicant|interviewee|speaker)\b.{{0,60}}\b{_PRAISED}",
        r"\b(?:this|my|the above) (?:answer|response)\b.{0,50}\b(?:meets?|met|cover|deserve|satisf|qualif"
        r"|should (?:be|get|receive)|is (?:a )?(?:perfect|excellent|strong|complete|correct|outstanding))",
        r"\b(?:all|every|each) (?:of )?(?:the )?(?:points?|criteri\w+|rubric items?|boxes|checks?)\b.{0,40}"
        r"\b(?:met|true|satisfied|covered|passed|ticked|yes)\b",
        rf"\b{_AWARD}\b.{{0,40}}\b{_PRIZE}\b",
        rf"^\W*{_VOICE}(?: (?:message|prompt|note|override|update|instruction|notice))? ?(?::|-|says\b)",
        r"\b(?:system|developer|admin\w*) (?:message|override|notice|update)\b.{0,30}"
        r"\b(?:grad|rubric|candidate|verdict|answer)",
        r"</?\s*(?:transcript|answer|system|user|candidate|rubric|instructions?)\b",
        rf"\b(?:note|notice|message|memo|attention|reminder|instructions?) (?:to|for) (?:the |our )?{_SCORER}\b",
        r"\b(?:dear|hey|hello) (?:grader|evaluator|examiner|judge|language model|model|ai)\b",
        r"\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}"
        r"\b(?:rubric|grading|scoring|criteria|evaluation rules)\b",
        r"^\W*(?:please |now |and |also |so )*(?:ignore|disregard|forget)\b.{0,40}"
        r"\b(?:instructions?|prompts?|rules|guidelines|above)\b",
        r"\byou are (?:now )?(?:a|an|the) (?:grader|evaluator|examiner|lenient|generous|helpful)\b",
        r"\b(?:pretend|assume|imagine|suppose|act as if|act as though|consider|treat)\b.{0,20}"
        r"\b(?:i|my answer|the answer|this answer|everything)\b.{0,25}"
        r"\b(?:gave|given|said|answered|covered|explained|mentioned|perfect|correct|complete|passed|met)\b",
        r"\bi (?:have |had |'ve )?(?:already |also )?"
        r"(?:covered|explained|mentioned|answered|described|addressed) (?:all|everything|every|each)\b",
        r"\b(?:write|put|tick|answer|say|set|choose|select|enter) (?:a |an )?"
        r"[\"']?(?:met|yes|true|pass|passed|strong|full)[\"']?\b.{0,30}\b(?:each|every|all|them|everything|next to|for)\b",
        r"\b(?:end|start|beginning) of (?:the )?(?:transcript|interview|recording)\b",
        r"\bnew (?:instructions?|rules|task)\b ?[:,]",
        r"\b(?:evaluation|grading|scoring|assessment) (?:system|model|engine|bot|software|algorithm)\b.{0,60}"
        r"\b(?:inform|tell|this|my|response|answer|candidate|return|verdict)",
        r"\b(?:inform|tell|notify) the (?:evaluation|grading|scoring)\b",
        r"\b(?:every|each|all) (?:the )?(?:requirements?|expectations?|conditions?)\b.{0,20}"
        r"\b(?:met|satisfied|fulfilled|covered)\b",
        r"\b(?:top|best|highest|maximum) (?:verdict|grade|rating|marks?)\b",
        r"\byou (?:should|must|have to|need to|are to) (?:now |just |please )?"
        r"(?:give|grade|rate|mark|score|output|accept|approve|pass|award|hire)\b.{0,15}"
        r"\b(?:me|this answer|my|the answer|the candidate|full)\b",
        r"\byou(?:'re| are| were|'ve been| have been)? (?:instructed|supposed|obliged|required|programmed|ordered|told)\b",
        r"\banything (?:lower|less|below|else)\b.{0,40}\b(?:bias|unfair|wrong|error|mistake|discriminat)",
        r"\b(?:consider|treat|count|counted|counts|regard|take|accept|mark|tick|see)\b.{0,60}\bas "
        r"(?:if i|explained|met|meeting|covered|covering|given|said|mentioned|known|answered|done|correct|complete"
        r"|satisfied|understood)",
        r"\b(?:the|this) (?:summary|report|record|file|log)\b.{0,30}\b(?:candidate|grade|verdict|rating)",
        r"\bwhoever (?:\w+ )?(?:scores?|grades?|reads?|evaluates?|marks?|transcribes?|assess(?:es)?|reviews?)\b",
        r"\b(?:full|top|maximum) (?:marks?|credit)\b|\b(?:marking|scoring) (?:scheme|key)\b|\bscorecard\b",
        r"\byour (?:answer key|sheet|list|checklist|scoring tool|scorecard|rubric)\b",
        rf"\b{_PRESIDING}\b.{{0,60}}\b(?:nod|confirm|tick|approv|agreed|told|said|wrote|accepted|signed|mark|award|log)",
        rf"\bspeaking as the {_PRESIDING}\b|^\W*(?:{_PRESIDING}|candidate)\W? ?:",
        rf"\b(?:down|logged|entered|recorded|noted|scored|graded|marked) as {_COVERED}\b",
        r"\b(?:you (?:can|may)|please|so) (?:please |just |now )?tick\b|\bbe ticked\b",
        r"\b(?:all|every|each|both|four|five|six|seven|eight|nine|ten) (?:of )?(?:the |your |those |these )?(?:\w+ )?"
        rf"{_ITEMS}\b.{{0,20}}\b(?:is|are|was|were|be|been|have|has|as|now) {_COVERED}\b",
        rf"\bdeemed (?:to have been |as )?(?:{_COVERED}|made|computed|answered)\b",
        r"\b(?:kindly|please)\b.{0,40}\b(?:tick|mark|grade|score|credit|log|award|enter|count|apply)\b",
        r"\bend of (?:the )?(?:candidate'?s? answer|note|notice)\b",
        r"\bfor the (?:record|notes|protocol)\b.{0,80}"
        r"\b(?:named|covered|mentioned|brought up|confirmed|complete|candidate)\b",
        r"\b(?:careful|fair|reasonable|attentive) (?:listener|reviewer|assessor|grader)\b",
        rf"\b{_COVERED} (?:aloud )?by (?:me|name|the candidate)\b",
        r"\b(?:score|grade|mark|credit|award) (?:(?:it|this|that|me|them) )?(?:like that|that way|accordingly)\b",
        rf"\b(?:can|may|should|could) (?:each |all |both )?(?:be credited|(?:go down|count) as {_COVERED})\b",
        r"\{[^}]*:[^}]*\}|\[\[|<\|",
        r"\bpoint (?:id|ids|status)\b|\"?(?:verdict|status)\"? ?[:=]",
    )
)
