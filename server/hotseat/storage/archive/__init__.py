"""Answers' audio: on this machine's disk, or in an object store that several machines share."""

from hotseat.storage.archive.local import LocalArchive
from hotseat.storage.archive.objects import ObjectArchive

__all__ = ["LocalArchive", "ObjectArchive"]
