"""`hotseat bank add`: the skeleton of a new question, with everything that has to be decided marked."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hotseat.domain.model import Bank
from hotseat.errors import InputError

_ID = re.compile(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*")

_SKELETON = '''\
# docs/writing-questions.md says what belongs where; `hotseat bank --check` says what is still wrong.
id = "{id}"
kind = "{kind}"
title = {title}
prompt = "TODO: what the interviewer says"
time_limit_s = 60
tiers = [1, 2, 3, 4]
difficulty = 3
competencies = ["breadth"]
concepts = []
model_answer = """
TODO: what a strong candidate says in 60 seconds, at most 165 words
"""

[[key_terms]]
term = "TODO"
spoken = []
{criteria}
[[follow_ups]]
id = "first"
text = "TODO: one question that asks about the points without stating them?"
probes = ["fact-1", "reason-1"]

[[follow_ups]]
id = "second"
text = "TODO: another?"
probes = ["fact-2", "reason-2"]

[[follow_ups]]
id = "deeper"
text = "TODO: a question that goes a level further?"
probes = ["fact-3", "reason-3"]
deeper = true
'''

_CRITERION = """
[[criteria]]
id = "criterion-{n}"
name = "TODO"
weight = 1.0
strong = "TODO: what a Strong Hire says"
lean = "TODO: what a Lean Hire says"
no = "TODO: what a No Hire says"

[[criteria.points]]
id = "fact-{n}"
tier = "lean"
statement = "TODO: the fact and its role"
phrasings = ["TODO one", "TODO two"]

[[criteria.points]]
id = "reason-{n}"
tier = "strong"
statement = "TODO: the mechanism, number or consequence"
phrasings = ["TODO one", "TODO two"]
misconceptions = ["TODO: what somebody says who has it wrong"]
"""


def add_question(root: Path, bank: Bank, question_id: str, title: str, kind: str) -> Path:
    """Writes the skeleton and returns its path; the kind is a ``Kind``. Raises InputError."""
    topic = question_id.partition("/")[0]
    if not _ID.fullmatch(question_id):
        raise InputError(f"{question_id!r} is not a question id; expected topic/slug in lower case, as in rag/query-cache")
    if topic not in {entry.id for entry in bank.topics}:
        raise InputError(f"unknown topic {topic!r}; there are {', '.join(entry.id for entry in bank.topics)}")
    title = title.strip()
    if not title or not title.isprintable():
        raise InputError(f"{title!r} is not a title; expected one line of text")
    path = root / f"{question_id}.toml"
    criteria = "".join(_CRITERION.format(n=number) for number in (1, 2, 3))
    # A JSON string of printable text is a TOML string, too.
    text = _SKELETON.format(id=question_id, kind=kind, title=json.dumps(title, ensure_ascii=False), criteria=criteria)
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path} exists already") from None
    except OSError as error:
        raise InputError(f"can't write {path}: {error.strerror}") from None
    return path
