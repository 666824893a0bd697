"""The words of RTF that matter to a reader of its text, and the encodings of its fonts. Data, no behaviour."""

from __future__ import annotations

CHARACTERS = {
    "tab": "\t",
    "line": "\n",
    "lbr": "\n",
    "page": " ",
    "column": " ",
    "softline": "\n",
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
    "emspace": "\u2003",
    "enspace": "\u2002",
    "qmspace": "\u2005",
    "~": "\u00a0",
    "_": "-",
    "\t": "\t",
    "\\": "\\",
    "{": "{",
    "}": "}",
}
"""Control words and symbols that stand for characters."""

LEFT_OUT = frozenset(
    "colortbl filetbl pict header headerl headerr headerf footer footerl footerr footerf ftnsep ftnsepc ftncn aftnsep"
    " aftnsepc aftncn xe rxe txe bxe tc tcn nonesttables shprslt sp nonshppict private template"
    " bkmkstart bkmkend objdata fldinst fontemb upnamebrk".split()
)
"""Groups that are no part of the text: a header, a picture, what only old readers show."""

STARRED = frozenset("shpinst do nesttableprops".split())
"""Groups marked « ignore if unknown » that are walked all the same, for the text boxes and the ends of rows inside."""

BOXES = frozenset("shptxt dptxbxtext".split())
MARKS = frozenset("listtext pntext".split())
"""Groups that hold the number or bullet of a list item, as older readers show it."""

NOTES = frozenset("footnote endnote".split())

SYMBOL = "symbol"
"""A font of pictograms: its bytes are no letters."""

CHARSETS = {
    2: SYMBOL, 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Python's encoding for the character set of a font; the sets 0 and 1 follow the document."""

CODE_PAGES = {10000: "mac_roman", 65001: "utf-8", 936: "gbk", 950: "big5"}
"""Code pages that Python does not call « cp » and their number."""

FAMILIES = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
"""What a document without a code page is written in."""
