"""Speech to text with Whisper: the recogniser, and the queue that shares it among candidates."""

from hotseat.engines.whisper.queue import RecognitionQueue
from hotseat.engines.whisper.transcriber import WhisperTranscriber

__all__ = ["RecognitionQueue", "WhisperTranscriber"]
