"""Has a capable language model write three questions about claims of a CV; each must quote the CV."""

from __future__ import annotations

from pydantic import ValidationError

from hotseat.chat import ChatModel
from hotseat.errors import ChatModelError, UnavailableError
from hotseat.prompts import Prompts
from hotseat.questions.formats import CvClaim
from hotseat.strict_model import StrictModel

QUESTIONS = 3
MOST_WORDS = 45
_MAX_TOKENS = 500


class _Reply(StrictModel):
    questions: list[CvClaim]


class ClaimQuestions:
    """Asks the endpoint that the owner configured. The CV is sent nowhere else and not kept."""

    def __init__(self, chat: ChatModel, prompts: Prompts) -> None:
        self._chat = chat
        self._prompts = prompts

    @property
    def model(self) -> str:
        return self._chat.name

    async def about(self, text: str) -> tuple[CvClaim, ...]:
        """At most three questions about the CV's text. Raises UnavailableError if the model fails or none is usable."""
        messages = [
            {"role": "system", "content": self._prompts.render("claims_system.j2", count=QUESTIONS)},
            {"role": "user", "content": text},
        ]
        try:
            reply, _ = await self._chat.complete(messages, max_tokens=_MAX_TOKENS, schema=_Reply.model_json_schema())
            asked = _Reply.model_validate_json(reply).questions
        except ChatModelError as error:
            raise UnavailableError(f"your language model didn’t answer: {error}") from None
        except ValidationError:
            raise UnavailableError("your language model’s reply can’t be used; try again") from None
        one_line = (CvClaim(claim=" ".join(entry.claim.split()), question=" ".join(entry.question.split())) for entry in asked)
        kept = tuple(entry for entry in one_line if _is_usable(entry, text))[:QUESTIONS]
        if not kept:
            raise UnavailableError("your language model asked about nothing that is in the text; try again")
        return kept


def _is_usable(entry: CvClaim, text: str) -> bool:
    """Whether the claim is in the text, and the question is one and short enough to be asked aloud."""
    is_question = entry.question.endswith("?") and len(entry.question.split()) <= MOST_WORDS
    return is_question and bool(entry.claim) and entry.claim.lower() in " ".join(text.split()).lower()
