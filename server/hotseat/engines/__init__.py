"""Adapters for models and codecs: speech in, speech out, language model, sentence networks."""
