"""From bytes to text: UTF-8 first, then what the file declares, then what its bytes look like."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from kb.errors import UnreadableDocument

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ISOLATED = ["utf_8", "utf_16", "cp1252", "mac_roman"]
_AS_CP1252 = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "ascii", "us-ascii", "windows-1252"})
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOJIBAKE = re.compile("Ã[\u0080-\u00bf©¨ª«®´»¢§¯¹‰Š€ ]|â€[™œ\u009d¦“”]|Å“")
_ODD = re.compile("[a-z][‚ƒ„†‡ˆ‰Š‹Œ\ufffd¤][a-z]")  # what other encodings make of accents, read as CP1252
_SAMPLE = 1 << 20
_AS_CP1252_BYTES = "cp1252-bytes"
_ACCENTS = frozenset("àâäçèéêëîïôöùûüœæÀÂÄÇÈÉÊËÎÏÔÖÙÛÜŒÆ")
_WRITTEN = _ACCENTS | frozenset("«»’‘“”–—…€°²³·•\u00a0\u202fÿŸ§©®½¼¾×")

MIXED = "encodages mêlés dans le fichier : les caractères accentués sont à vérifier"
GUESSED = "encodage incertain : les caractères accentués sont à vérifier"
REPAIRED = "texte encodé deux fois (« Ã© » pour « é ») : il a été réparé"
BINARY = "le contenu est binaire, ce n’est pas du texte"


def read_text(path: Path) -> tuple[str, list[str]]:
    """The text of a file and what to warn of. Line ends are left as they are."""
    return decode(path.read_bytes(), path.name)


def decode(data: bytes, name: str, declared: str | None = None) -> tuple[str, list[str]]:
    """The text of these bytes and what to warn of. `declared`: the encoding the document itself gives, if any.

    Raise UnreadableDocument if they are not text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict_or_replaced(data[len(mark) :], encoding)
    data = _without_nul_bytes(data) if data[:_SAMPLE].count(0) else data
    if len(_BINARY.findall(data[:_SAMPLE])) > max(4, len(data[:_SAMPLE]) // 50):
        raise UnreadableDocument(name, BINARY)
    try:
        return _repaired(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _decode_other(data, declared)


def _strict_or_replaced(data: bytes, encoding: str) -> tuple[str, list[str]]:
    try:
        return data.decode(encoding), []
    except UnicodeDecodeError:
        return data.decode(encoding, "replace"), [GUESSED]


def _without_nul_bytes(data: bytes) -> bytes:
    """UTF-16 without a mark has a NUL every other byte; a stray NUL in text is only dropped."""
    sample = data[:_SAMPLE]
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        places = sample[offset::2]
        if places and 2 * places.count(0) > len(places) and 10 * sample[1 - offset :: 2].count(0) < len(places):
            return data.decode(encoding, "replace").encode("utf-8")
    return data.replace(b"\0", b"") if 50 * sample.count(0) < len(sample) else data


def _decode_other(data: bytes, declared: str | None) -> tuple[str, list[str]]:
    mixed = _decode_mixed(data)
    if mixed is not None:
        return mixed, [MIXED]
    encoding = "cp1252" if (declared or "").lower() in _AS_CP1252 else _known(declared)
    if encoding:
        try:
            return data.decode(encoding), []
        except UnicodeDecodeError:
            pass  # the declaration lies: look at the bytes
    return _guess(data)


def _known(declared: str | None) -> str | None:
    try:
        found = codecs.lookup(declared or "").name
    except (LookupError, ValueError):
        return None
    return None if found.startswith(("utf-8", "utf8")) else found


def _decode_mixed(data: bytes) -> str | None:
    """Line by line, where at least half of the accented lines are valid UTF-8; else None."""
    decoded: list[str] = []
    valid = invalid = 0
    for line in data.splitlines(keepends=True):
        try:
            decoded.append(line.decode("utf-8"))
            valid += not line.isascii()
        except UnicodeDecodeError:
            plain = line.decode("cp1252", "replace")
            is_damaged = _MOJIBAKE.search(plain) is not None  # UTF-8 with other bytes in it, for nobody writes « Ã© »
            decoded.append(line.decode("utf-8", _AS_CP1252_BYTES) if is_damaged else plain)
            invalid += not is_damaged
    return "".join(decoded) if valid >= invalid else None


def _guess(data: bytes) -> tuple[str, list[str]]:
    import charset_normalizer  # only here: it takes 60 ms to load, and nearly every file is UTF-8

    best = charset_normalizer.from_bytes(data[:_SAMPLE], cp_isolation=_ISOLATED).best()
    encoding = best.encoding if best else "cp1252"
    text = data.decode(encoding, "replace")
    dos = data.decode("cp850")
    if _frenchness(dos[:_SAMPLE]) > _frenchness(text[:_SAMPLE]):
        return dos, [GUESSED]
    doubtful = best is None or encoding != "cp1252" or _ODD.search(text[:_SAMPLE]) is not None
    return text, [GUESSED] if doubtful else []


def _frenchness(text: str) -> int:
    """How many of its characters that are not ASCII French writes, less those it does not."""
    return sum((character in _ACCENTS) - (character not in _WRITTEN) for character in text if character > "\x7f")


def _cp1252_bytes(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, one by one as CP1252: neither half of a mixed line is lost."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_AS_CP1252_BYTES, _cp1252_bytes)


def _repaired(text: str) -> tuple[str, list[str]]:
    """Undo UTF-8 that was read as CP1252 and saved again, where all of the text bears it."""
    if len(_MOJIBAKE.findall(text[:_SAMPLE])) < 2:
        return text, []
    try:
        return text.encode("cp1252").decode("utf-8"), [REPAIRED]
    except UnicodeError:
        return text, [GUESSED]
