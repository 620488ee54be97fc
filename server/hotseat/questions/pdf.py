"""Extracts the text of a PDF in a child process, so that a broken or hostile file can't take time or memory from interviews.

``python -m hotseat.questions.pdf`` takes the file on stdin and writes its text to stdout, or a reason to stderr.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import resource
import sys
import unicodedata

from hotseat.errors import InputError

MOST_PAGES = 20
_MOST_CHARS = 1_000_000
"""Many more than are used; a few kB of a hostile file can expand to gigabytes."""
_WAIT_S = 60.0
"""Limit for a child process that waits, as on a busy machine; one that computes is stopped by ``_CPU_S``."""
_CPU_S = 10
_MEMORY_BYTES = 1 << 30
_LEAST_LETTERS = 40
"""A file with fewer letters has only page numbers: its pages are pictures."""
_REFUSED = 2
"""Exit code with a reason on stderr."""
_BROKEN = "this file can’t be read as a PDF; open it, copy its text and paste it here"
_SLOW = "this PDF takes too long to read; open it, copy its text and paste it here"
_LOCKED = "this PDF is protected with a password; save a copy without one, or paste its text here"
_SCANNED = (
    "this PDF is a scan: its pages are pictures without text. Paste the text here, or save it as a PDF from the program that "
    "it was written in"
)


async def text_of(data: bytes) -> str:
    """The text of its first ``MOST_PAGES`` pages. Raises InputError that says what to do if there is none."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        async with asyncio.timeout(_WAIT_S):
            out, err = await process.communicate(data)
    except TimeoutError:
        raise InputError(_SLOW) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.returncode == _REFUSED:
        raise InputError(err.decode())
    if process.returncode != 0:
        raise InputError(_SLOW)  # stopped at one of its limits
    return out.decode()


def read(data: bytes) -> str:
    """Raises InputError."""
    # Only here: the server itself never needs it.
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    try:
        document = PdfReader(io.BytesIO(data))
        if document.is_encrypted and not document.decrypt(""):
            raise InputError(_LOCKED)
        pages = [page.extract_text() for page in document.pages[:MOST_PAGES]]
    except (DependencyError, FileNotDecryptedError):
        raise InputError(_LOCKED) from None
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError):
        raise InputError(_BROKEN) from None  # the library raises what a file's nonsense happens to lead to
    text = unicodedata.normalize("NFKC", "\n\n".join(pages)).encode("utf-8", "ignore").decode()
    if sum(letter.isalpha() for letter in text) < _LEAST_LETTERS:
        raise InputError(_SCANNED)
    return text[:_MOST_CHARS]


def main() -> None:
    for kind, most in ((resource.RLIMIT_CPU, _CPU_S), (resource.RLIMIT_AS, _MEMORY_BYTES)):
        with contextlib.suppress(ValueError):  # macOS knows no limit of memory
            resource.setrlimit(kind, (most, most))
    try:
        sys.stdout.buffer.write(read(sys.stdin.buffer.read()).encode())
    except InputError as error:
        sys.stderr.write(str(error))
        raise SystemExit(_REFUSED) from None


if __name__ == "__main__":
    main()
