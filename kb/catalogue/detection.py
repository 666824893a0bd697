"""What a file's name and content say of it, for what `session.toml` leaves out.

A guess is never given for a fact: what two signs contradict is None, or « autre ». Document properties give no date:
they say when a file was made or saved, which is before, after, or years away from the debate.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import takewhile
from pathlib import PurePosixPath

from kb import french
from kb.catalogue.dates import Written, dates, dates_in_name
from kb.catalogue.fields import legible
from kb.domain import DocumentType, ReadDocument, Segment

_SURE_NAMES = (
    (DocumentType.ANNOUNCEMENT, "annonce|invitation|save the date"),
    (DocumentType.TRANSCRIPT, "transcription|transcript|verbatim|sous titres"),
    (DocumentType.MINUTES, "compte rendu|comptes rendus|cr|proces verbal|pv|releve de decisions|minutes"),
    (DocumentType.SLIDES, "support|diaporama|diapositives|slides"),
    (DocumentType.PAPER, "note|position paper|plaidoyer"),
)
_LIKELY_NAMES = (
    (DocumentType.ANNOUNCEMENT, "programme"),
    (DocumentType.TRANSCRIPT, "debats|debat|seance|table ronde"),
    (DocumentType.MINUTES, "synthese|releve|restitution"),
    (DocumentType.SLIDES, "presentation|webinaire|fiche"),
    (DocumentType.PAPER, "rapport|contribution|bilan|position|livre blanc"),
)
_OPENINGS = (
    (DocumentType.ANNOUNCEMENT, "invitation|annonce de la (?:seance|reunion)"),
    (DocumentType.TRANSCRIPT, "transcription|verbatim|compte rendu integral"),
    (
        DocumentType.MINUTES,
        "(?:projet de )?compte rendu|proces verbal|releve de (?:decisions|conclusions)|synthese de l",
    ),
    (DocumentType.PAPER, "note (?:de position|de synthese|d information|technique)|position paper|livre blanc"),
)
_MODEL_OF_ONE = re.compile(r"\b(?:modele|exemple|gabarit|template)\b")
_SUBTITLES = (".vtt", ".srt")
_PRESENTATIONS = (".pptx", ".pptm", ".ppsx", ".odp", ".otp", ".ppt", ".pps", ".pot")
_MOSTLY = 0.5

_TOP_SEGMENTS = 12
_TOP_LENGTH = 3_000
_LINE = 120
_CONTEXT = 70
_MEETING = re.compile(
    r"\b(?:reunion|seance|atelier|debat|rencontre|assemblee|conference|visioconference|webinaire|table ronde|colloque"
    r"|congres|seminaire|journee|comite|conseil|commission|audition|forum|entretien|verbatim|transcription"
    r"|s'est (?:tenue?|deroulee?)|(?:se tiendra|aura lieu|a eu lieu)|compte[ -]rendu|proces[ -]verbal)\b[^.!?]*$"
)
_OTHER_DAY = re.compile(
    r"\b(?:lois?|decret|arrete|ordonnance|circulaire|directive|reglement|deliberation|journal officiel|jo|depuis|avant"
    r"|jusqu|a compter|mise? a jour|modifi\w*|version|publiee?s? le|publication|imprim\w*|edite\w*|consulte\w*|extrait"
    r"|nee? le|inscri\w*|cloture|signe\w*|cree\w*|lors|(?:derniere?|precedente?|prochaine?) (?:reunion|seance|edition)"
    r"|(?:reunion|seance|edition) (?:precedente|suivante))\b[^.!?]*$"
)
_ADOPTED = re.compile(r"\b(?:approbation|approuv\w*|adopt\w*)\b")
_LETTER_HEAD = re.compile(r"^\W*(?:a )?[^\W\d]+(?:[ -][^\W\d]+){0,3}, (?:le )?$")
_CLOCK = re.compile(r"^,? ?(?:a|de|a partir de|des)? ?\d{1,2} ?(?:h|heures)\b")

_NO_TITLE = re.compile(
    r"(?:ou )?(?:nous )?contact(?:er|ez nous|s)?|suivez nous|accueil|menu|mentions legales|plan du site|en savoir plus"
    r"|retrouvez nous.*|microsoft \w+ .*"
)
_FILE_NAME = re.compile(r"\S+\.(?:docx?|pptx?|xlsx?|pdf|od[tp]|indd|rtf|txt|md|html?)|[^\s]+_[^\s]+", re.IGNORECASE)
_OPENS = 5


def detect_type(path: str, read: ReadDocument) -> DocumentType:
    """A document's type: by a sure word of its name, its extension, its turns, its first lines, a likely word."""
    name = PurePosixPath(path)
    extension, words = name.suffix.lower(), _words(_spaced(name.stem))
    if extension in _SUBTITLES:
        return DocumentType.TRANSCRIPT
    if sure := _first_named(_SURE_NAMES, words):
        return sure
    if extension in _PRESENTATIONS:
        return DocumentType.SLIDES
    said = [s for s in read.segments if not s.is_heading]
    if said and sum(1 for s in said if s.speaker) > _MOSTLY * len(said):
        return DocumentType.TRANSCRIPT
    if _MODEL_OF_ONE.search(words):
        return DocumentType.OTHER
    return _opening(read) or _first_named(_LIKELY_NAMES, words) or DocumentType.OTHER


def _spaced(stem: str) -> str:
    """« RapportFinal_v2-CR » as words."""
    return re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ÿ])", " ", stem))


def _words(text: str) -> str:
    return " ".join(french.forms(text))


def _first_named(kinds: Sequence[tuple[DocumentType, str]], words: str) -> DocumentType | None:
    """The type whose word comes first: in French, « compte rendu du support » is a « compte rendu »."""
    found = [(match.start(), kind) for kind, signs in kinds if (match := re.search(rf"\b(?:{signs})\b", words))]
    return min(found)[1] if found else None


def _opening(read: ReadDocument) -> DocumentType | None:
    """The type that the title or one of the first lines begins with."""
    lines = [read.title or "", *(line for line, _ in _lines(read, _OPENS))]
    for line in map(_words, lines):
        for kind, signs in _OPENINGS:
            if re.match(rf"(?:{signs})\b", line):
                return kind
    return None


def detect_date(path: str, read: ReadDocument) -> date | None:
    """The day of the debate, or of the document: by its name, its folders' from the nearest, then its first lines.

    None when two different days are as likely.
    """
    return date_in_path(path) or _date_at_top(read)


def date_in_path(path: str) -> date | None:
    """The day in a file's name, else in the name of the nearest folder that has one; None when a name has several."""
    for part in reversed(PurePosixPath(path).parts):
        days = dates_in_name(part)
        if days:
            return _only(days)
    return None


def _date_at_top(read: ReadDocument) -> date | None:
    """A meeting's day in a line of its own, else the only day in such lines, else a meeting's day in a sentence."""
    lines = [(read.title or "", None), *_lines(read, _TOP_SEGMENTS)]
    short = [(line, w) for line, s in lines if len(line) <= _LINE and not (s and s.speaker) for w in _relevant(line)]
    long = [(line, w) for line, _ in lines if len(line) > _LINE for w in _relevant(line)]
    in_lines = {w.day for line, w in short if _is_meeting(line, w)}
    alone = {w.day for _, w in short}
    in_sentences = {w.day for line, w in long if _is_meeting(line, w)}
    if in_lines:
        return _only(in_lines)
    headed = {w.day for line, w in short if _LETTER_HEAD.match(french.fold(line[: w.start]))}
    if headed and headed == alone and in_sentences - alone:
        return None  # a letter's day, and another day for the meeting that it tells of
    return _only(alone or in_sentences)


def _only(days: set[date | None]) -> date | None:
    return next(iter(days)) if len(days) == 1 else None


def _relevant(line: str) -> Iterator[Written]:
    """The dates of a line but those of a law, of a version, of another meeting."""
    if _ADOPTED.search(french.fold(line)):
        return
    for written in dates(line):
        if not _OTHER_DAY.search(_before(line, written)):
            yield written


def _is_meeting(line: str, written: Written) -> bool:
    after = french.fold(line[written.end : written.end + _CONTEXT])
    return bool(_MEETING.search(_before(line, written)) or _CLOCK.match(after.replace("\u00a0", " ")))


def _before(line: str, written: Written) -> str:
    return french.fold(line[max(0, written.start - _CONTEXT) : written.start])


def _lines(read: ReadDocument, most: int) -> Iterator[tuple[str, Segment]]:
    """The first segments of a document's first page, with their text."""
    on_top = takewhile(lambda s: s.start < _TOP_LENGTH and (s.anchor.page or s.anchor.slide or 1) == 1, read.segments)
    for segment, _ in zip(on_top, range(most), strict=False):
        yield read.text[segment.start : segment.end], segment


def detect_title(path: str, read: ReadDocument) -> str:
    """What the reader found, else the heading (in plain text, the line) that opens it, else its name made readable."""
    lines = list(_lines(read, _OPENS))
    opening = [line for line, s in lines[:1] if s.is_heading or (_is_plain(path) and _is_like_title(line, s))]
    for candidate in (read.title, *opening):
        if candidate and not _says_nothing(candidate, [line for line, _ in lines], read.text):
            return _tidy(candidate)
    return title_of_name(path)


def _is_plain(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in ("", ".txt", ".text")


def _is_like_title(line: str, segment: Segment) -> bool:
    """Whether a line of a text without headings may be one: a few words that nobody says and that are no sentence."""
    return not segment.speaker and len(line) <= _LINE and len(line.split()) > 2 and line[-1] not in ".,;:!…"


def _says_nothing(title: str, first: Sequence[str], text: str) -> bool:
    """Whether a title is a file's name, a menu's word, or a question that the text asks further down."""
    words = _words(title)
    asks_later = title.rstrip().endswith("?") and title in text and not any(title in line for line in first)
    return not words or asks_later or bool(_NO_TITLE.fullmatch(words) or _FILE_NAME.fullmatch(title.strip()))


def _tidy(title: str) -> str:
    """Without the quotation mark that opens and never closes."""
    lone = title.count("«") != title.count("»")
    return " ".join(re.sub(r"[«»]", "", title).split()) if lone else title.strip()


def title_of_name(path: str) -> str:
    """A file's or folder's name as words: « 2021-04-13-note-de-position.pdf » gives « Note de position »."""
    name = legible(PurePosixPath(path).name)
    stem = PurePosixPath(name).stem if "." in name else name
    words = re.sub(r"[_-]+", " ", re.sub(r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?!\d)", "", stem)).strip()
    return (words[:1].upper() + words[1:]) or name
