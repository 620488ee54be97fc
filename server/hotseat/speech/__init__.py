"""From microphone frames to a transcript: segments, second-pass decoding, repair of key terms."""
