"""Every error Hotseat raises on purpose. The class says whose fault it is; the message says what to do."""

from __future__ import annotations


class HotseatError(Exception):
    """Base of all. Its text is fit for the user to read."""


class InputError(HotseatError):
    """The person at the keyboard gave something unusable (command line exit code 2)."""


class MissingError(HotseatError):
    """Something was asked for that there isn't."""


class ContentError(HotseatError):
    """A file under rubrics/ or prompts/ is wrong. The message names file and field."""


class SettingsError(InputError):
    """A HOTSEAT_* setting is wrong."""


class RefusedError(InputError):
    """Somebody has not shown that they may do this."""


class TooManyAttemptsError(RefusedError):
    """Somebody guessed too often."""

    def __init__(self, text: str, wait_s: float) -> None:
        super().__init__(text)
        self.wait_s = wait_s


class WeightsError(HotseatError):
    """Model weights are missing or damaged."""


class TranscriberError(HotseatError):
    """Speech recognition failed."""


class SpeakerError(HotseatError):
    """Speech synthesis failed."""


class ChatModelError(HotseatError):
    """The LLM endpoint failed: unreachable, too slow, or not speaking the protocol."""


class GraderError(HotseatError):
    """A grader could not grade. The answer is "not graded", never zero."""


class StorageError(HotseatError):
    """The database or the audio archive could not be written or read."""


class NoRoomError(StorageError):
    """The disk has too little room left for what can wait."""


class PlaceError(StorageError, InputError):
    """The data directory can't be used: storage failed, and another can be chosen."""


class TakenOverError(HotseatError):
    """Another process runs this interview now; whatever this one still wants to write no longer counts."""


class UnavailableError(HotseatError):
    """This server can't take it on now; another, or this one later, can."""
