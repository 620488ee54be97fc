"""Answers' audio: on this machine's disk, or in an object store that several machines share."""

from server.adapters.archive.local import LocalArchive
from server.adapters.archive.objects import ObjectArchive

__all__ = ["LocalArchive", "ObjectArchive"]
