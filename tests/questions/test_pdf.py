"""Text from PDFs, each read in a real child process, and what can be wrong with a file."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hotseat.errors import InputError
from hotseat.questions.pdf import MOST_PAGES, text_of
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

WORDS = "Built retrieval-augmented generation over ten million documents"


def make_pdf(*pages: str, encrypt: str = "") -> bytes:
    """A PDF with a line of text on each page; "" for a page with none, as a scanner makes it."""
    writer = PdfWriter()
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    fonts = DictionaryObject({NameObject("/F"): DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})})
    for text in pages:
        page = writer.add_blank_page(595, 842)
        content = DecodedStreamObject()
        content.set_data(f"BT /F 12 Tf 50 700 Td ({text}) Tj ET".encode() if text else b"")
        page[NameObject("/Contents")] = content
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if encrypt:
        writer.encrypt(encrypt, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


async def test_the_words_of_a_pdf() -> None:
    """Page after page, and no more of them than anybody's CV has."""
    text = await text_of(make_pdf(WORDS, "in three languages"))
    assert text.split() == f"{WORDS} in three languages".split()
    long = await text_of(make_pdf(*[WORDS] * (MOST_PAGES + 5)))
    assert long.count(WORDS) == MOST_PAGES


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: b"", "can’t be read as a PDF"),
        (lambda: b"%PDF-1.7", "can’t be read as a PDF"),
        (lambda: make_pdf(WORDS)[:300], "can’t be read as a PDF"),
        (lambda: b"GIF89a" * 100, "can’t be read as a PDF"),
        (lambda: make_pdf("", "2"), "is a scan: its pages are pictures"),
        (lambda: make_pdf(WORDS, encrypt="secret"), "is protected with a password"),
    ],
    ids=["empty", "head only", "cut off", "a picture", "scan", "password"],
)
async def test_what_cannot_be_read_is_refused_in_words(make: Callable[[], bytes], why: str) -> None:
    """The reason says what it is and what to do instead."""
    with pytest.raises(InputError, match=why):
        await text_of(make())
