"""Speech to text with Whisper: the recogniser, and the queue that shares it among candidates."""

from server.adapters.whisper.queue import QueueMetrics, RecognitionQueue
from server.adapters.whisper.transcriber import CAREFUL, QUICK, Decoding, WhisperTranscriber

__all__ = ["CAREFUL", "QUICK", "Decoding", "QueueMetrics", "RecognitionQueue", "WhisperTranscriber"]
