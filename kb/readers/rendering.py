"""A page of a PDF as a picture, for the recognition of its characters."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium

from kb.errors import UnreadableDocument
from kb.readers.pdfium import opened
from kb.readers.scans import DPI

_MOST_PIXELS = 25_000_000

UNDRAWABLE = "la page ne peut pas être dessinée"


def page_image(path: Path, number: int) -> bytes:
    """A page, counted from 1, in grey, at 300 dots an inch or what its size allows, as a PGM file.

    Nothing where it shows one colour only. Raise UnreadableDocument if it cannot be drawn.
    """
    try:
        with opened(path) as document:
            page = document[number - 1]
            width, height = page.get_size()
            scale = min(DPI / 72, (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
            bitmap = page.render(scale=scale, grayscale=True)
            pixels, width, height, stride = bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride
    except (ValueError, pdfium.PdfiumError) as error:
        raise UnreadableDocument(path.name, UNDRAWABLE) from error
    rows = b"".join(pixels[row * stride : row * stride + width] for row in range(height))
    return b"P5\n%d %d\n255\n%s" % (width, height, rows) if len(set(rows)) > 1 else b""
