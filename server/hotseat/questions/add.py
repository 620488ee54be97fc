"""`hotseat bank add`: the skeleton of a new question, with everything that has to be decided marked."""

from __future__ import annotations

import json
import re
from pathlib import Path

from hotseat.domain.model import Bank
from hotseat.errors import InputError
from hotseat.questions.content import QUESTION_ID

_SKELETON = Path(__file__).with_name("skeleton.toml")


def add_question(root: Path, bank: Bank, question_id: str, title: str, kind: str) -> Path:
    """Writes the skeleton and returns its path; the kind is a ``Kind``. Raises InputError."""
    topic = question_id.partition("/")[0]
    if not re.fullmatch(QUESTION_ID, question_id):
        raise InputError(f"{question_id!r} is not a question id; expected topic/slug in lower case, as in rag/query-cache")
    if topic not in {entry.id for entry in bank.topics}:
        raise InputError(f"unknown topic {topic!r}; there are {', '.join(entry.id for entry in bank.topics)}")
    title = title.strip()
    if not title or not title.isprintable():
        raise InputError(f"{title!r} is not a title; expected one line of text")
    path = root / f"{question_id}.toml"
    text = _SKELETON.read_text(encoding="utf-8").replace("{id}", question_id).replace("{kind}", kind)
    # A JSON string of printable text is a TOML string, too.
    text = text.replace('"{title}"', json.dumps(title, ensure_ascii=False))
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputError(f"{path} exists already") from None
    except OSError as error:
        raise InputError(f"can't write {path}: {error.strerror}") from None
    return path
