"""A parsed source as a PDF (reportlab, embedded Bitstream Vera from reportlab's own package)."""

import io
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from markup import (
    ACCENT,
    AUTHOR,
    BANNER,
    HAIRLINE,
    INK,
    INK_SOFT,
    Block,
    Heading,
    Item,
    MarkupError,
    PageBreak,
    Source,
    Speaker,
    Table,
    bold_runs,
    plain,
)
from markup import Paragraph as TextBlock
from reportlab import platypus as rl
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

_FONTS = {"normal": "Vera", "bold": "VeraBd", "italic": "VeraIt", "boldItalic": "VeraBI"}
for _font in _FONTS.values():
    pdfmetrics.registerFont(TTFont(_font, f"{_font}.ttf"))
pdfmetrics.registerFontFamily("Vera", **_FONTS)

_GLYPHS = pdfmetrics.getFont("Vera").face.charToGlyph
# Characters the font does not have, and what is printed for them (else: black boxes).
_REPLACED = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0", "\u2011": "-", "\u2192": "->", "\u1d49": "e"})
_MARGIN = 24 * mm
_WIDTH = A4[0] - 2 * _MARGIN


def _style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
    base: dict[str, Any] = {"fontName": "Vera", "textColor": HexColor(f"#{INK}")}
    more.setdefault("bulletFontName", "Vera")
    more.setdefault("bulletFontSize", size)
    return ParagraphStyle(name, fontSize=size, leading=leading, **{**base, **more})


_BLUE: dict[str, Any] = {"fontName": "VeraBd", "textColor": HexColor(f"#{ACCENT}")}
_STYLES = {
    "title": _style("title", 18, 24, spaceAfter=8, **_BLUE),
    "lead": _style("lead", 10, 15, spaceAfter=6, textColor=HexColor(f"#{INK_SOFT}")),
    "h1": _style("h1", 12.5, 17, spaceBefore=14, spaceAfter=5, **_BLUE),
    "h2": _style("h2", 10, 14, spaceBefore=8, spaceAfter=3, fontName="VeraBd"),
    "text": _style("text", 9.3, 14.2, spaceAfter=7),
    "name": _style("name", 9.3, 14.2, spaceBefore=4, **_BLUE),
    "item": _style("item", 9.3, 14.2, leftIndent=16, bulletIndent=3, spaceAfter=3.5),
    "subitem": _style("subitem", 9.3, 14.2, leftIndent=32, bulletIndent=19, spaceAfter=3),
    "cell": _style("cell", 8.3, 11.5),
    "head": _style("head", 8.3, 11.5, fontName="VeraBd", textColor=HexColor("#FFFFFF")),
}


class _Document(rl.BaseDocTemplate):  # type: ignore[misc]
    """A4 pages with a running header, a « page n / N » footer and bookmarks from headings."""

    def __init__(self, out: io.BytesIO, source: Source, total: int) -> None:
        super().__init__(
            out, pagesize=A4, invariant=True, title=printable(source.title), author=AUTHOR,
            subject="Document de démonstration", creator=AUTHOR, lang="fr-FR",
        )  # fmt: skip
        self.running_title = printable(source.title)
        self.total = total
        self.bookmarks = 0
        frame = rl.Frame(_MARGIN, 22 * mm, _WIDTH, A4[1] - 48 * mm, 0, 0, 0, 0)
        page = rl.PageTemplate("page", [frame], onPage=self.head, onPageEnd=self.foot)
        self.addPageTemplates(page)

    def head(self, canvas: Any, _document: Any) -> None:
        """Draw the running header."""
        self._line(canvas, A4[1] - 18.5 * mm)
        canvas.drawString(_MARGIN, A4[1] - 16 * mm, BANNER)

    def foot(self, canvas: Any, _document: Any) -> None:
        """Draw the footer, last, so that extracted text comes in reading order."""
        self._line(canvas, 17 * mm)
        canvas.drawString(_MARGIN, 13 * mm, _shortened(self.running_title, _WIDTH - 30 * mm))
        number = f"page {canvas.getPageNumber()} / {self.total}"
        canvas.drawRightString(A4[0] - _MARGIN, 13 * mm, number)

    def _line(self, canvas: Any, height: float) -> None:
        canvas.setFont("Vera", 7.5)
        canvas.setFillColor(HexColor(f"#{INK_SOFT}"))
        canvas.setStrokeColor(HexColor(f"#{HAIRLINE}"))
        canvas.setLineWidth(0.6)
        canvas.line(_MARGIN, height, A4[0] - _MARGIN, height)

    def afterFlowable(self, flowable: Any) -> None:  # reportlab's name
        """Give each heading its bookmark."""
        name = flowable.style.name if isinstance(flowable, rl.Paragraph) else ""
        if name not in ("h1", "h2"):
            return
        key = f"heading-{self.bookmarks}"
        level = 1 if name == "h2" and self.bookmarks else 0
        self.bookmarks += 1
        self.canv.bookmarkHorizontal(key, 0, self.frame._y + flowable.height)
        self.canv.addOutlineEntry(flowable.getPlainText(), key, level)


def make_pdf(source: Source) -> bytes:
    """The PDF of a source; laid out twice, the first time to count its pages."""
    data, total = _lay_out(source, 0)
    return _lay_out(source, total)[0] if total else data


def printable(text: str) -> str:
    """The text with only characters of the font; raise MarkupError at any other one."""
    text = text.translate(_REPLACED)
    missing = {char for char in text if ord(char) not in _GLYPHS}
    if missing:
        raise MarkupError(f"not in the font: {sorted(missing)} in {text[:60]!r}")
    return text


def _lay_out(source: Source, total: int) -> tuple[bytes, int]:
    out = io.BytesIO()
    document = _Document(out, source, total)
    document.build(list(_flowables(source)))
    return out.getvalue(), document.page


def _flowables(source: Source) -> Iterator[Any]:
    yield rl.Paragraph(_rich(source.title), _STYLES["title"])
    yield rl.HRFlowable(width=42, thickness=2, color=HexColor(f"#{ACCENT}"), hAlign="LEFT",
                        spaceBefore=2, spaceAfter=10)  # fmt: skip
    in_lead = True
    for block in source.blocks:
        in_lead = in_lead and isinstance(block, TextBlock)
        yield from _block(block, "lead" if in_lead else "text")


def _block(block: Block, text_style: str) -> Iterator[Any]:
    match block:
        case Heading(level, text):
            yield rl.CondPageBreak(32 * mm)  # room for the heading and a few lines
            yield rl.Paragraph(_rich(text), _STYLES[f"h{level}"])
        case TextBlock(text):
            yield rl.Paragraph(_rich(text), _STYLES[text_style])
        case Item(text, number, level):
            style = _STYLES["subitem" if level else "item"]
            yield rl.Paragraph(_rich(text), style, bulletText=f"{number}." if number else "•")
        case Speaker(name):
            yield rl.CondPageBreak(20 * mm)
            yield rl.Paragraph(_rich(name), _STYLES["name"])
        case PageBreak():
            yield rl.PageBreak()
        case Table(rows):
            yield _table(rows)


def _table(rows: tuple[tuple[str, ...], ...]) -> Any:
    """A full-width table whose columns share the room left by their longest words."""
    columns = [[plain(printable(cell)) for cell in column] for column in zip(*rows, strict=True)]
    least = [max(_longest_word(cell) for cell in column) + 14 for column in columns]
    weights = [max(min(len(cell), 60) for cell in column) for column in columns]
    spare = max(_WIDTH - sum(least), 0)
    widths = [low + spare * part / sum(weights) for low, part in zip(least, weights, strict=True)]
    cells = [
        [rl.Paragraph(_rich(cell), _STYLES["cell" if i else "head"]) for cell in row] for i, row in enumerate(rows)
    ]
    rules = [
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(f"#{ACCENT}")),
        ("LINEBELOW", (0, 1), (-1, -1), 0.6, HexColor(f"#{HAIRLINE}")),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]
    return rl.Table(cells, colWidths=widths, repeatRows=1, style=rules, spaceBefore=4, spaceAfter=10)


def _longest_word(text: str) -> float:
    """The width in points of the longest word, set in the bold of a header cell."""
    words = text.split(" ")
    size = _STYLES["head"].fontSize
    return max(float(pdfmetrics.stringWidth(word, "VeraBd", size)) for word in words)


def _rich(text: str) -> str:
    runs = bold_runs(printable(text))
    return "".join(f"<b>{escape(run)}</b>" if bold else escape(run) for run, bold in runs)


def _shortened(text: str, width: float) -> str:
    """The text cut at a word so that it fits `width` points in the footer."""
    words = text.split(" ")
    while len(words) > 1 and pdfmetrics.stringWidth(" ".join(words) + " …", "Vera", 7.5) > width:
        words.pop()
    short = " ".join(words)
    return short if short == text else f"{short} …"
