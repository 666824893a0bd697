"""CSV and TSV transcripts, one row a turn.

A row of headings names a column of words and one of speakers or times. An empty speaker's cell is nobody, never the
speaker above. A table of anything else is refused: figures without what is said of them would only blur the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.domain import Anchor, ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import clocks
from kb.readers.blocks import Block
from kb.readers.builder import build, choose_title
from kb.readers.cleaning import clean
from kb.readers.decoding import read_text
from kb.readers.fields import Field, Meaning, meaning_of
from kb.readers.names import is_person
from kb.readers.rows import Row, rows_of
from kb.readers.spoken import BAD_TIMES, Record, blocks_of, has_bad_times, timed
from kb.readers.voices import Voices, is_name

_HEADINGS_WITHIN = 10

NO_TRANSCRIPT = (
    "ce tableau n’est pas une transcription : il y faut une colonne de texte, et une d’intervenants ou de temps, "
    "avec leurs titres (« Orateur », « Début », « Texte »…) ; pour le garder comme document, exportez-le en PDF"
)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a transcript's columns are; `heading` is the place of their row."""

    heading: int
    text: int
    speaker: int | None
    first_name: int | None
    times: dict[Field, tuple[int, float | None]]
    ignored: tuple[str, ...]


def read(path: Path) -> ReadDocument:
    """Read a CSV or TSV file. Anchors give the line, and the times where there are some."""
    text, warnings = read_text(path)
    table = rows_of(text)
    warnings += table.warnings
    rows = [row for row in table.rows if any(clean(cell) for cell in row.cells)]
    if not rows:
        raise UnreadableDocument(path.name, "le tableau ne contient aucune ligne")
    columns = _columns(rows)
    if columns is None and any(len(row.cells) > 1 for row in rows):
        raise UnreadableDocument(path.name, NO_TRANSCRIPT)
    if columns is None:
        return build((Block(row.cells[0], Anchor(line=row.line)) for row in rows), warnings=warnings)
    return _transcript(rows, columns, table.delimiter, warnings)


def _columns(rows: Sequence[Row]) -> _Columns | None:
    """The columns of the first row that heads a transcript; None where there is none."""
    for place, row in enumerate(rows[:_HEADINGS_WITHIN]):
        meanings = [meaning_of(cell) for cell in row.cells]
        text = _best(meanings, Field.TEXT)
        if text is None:
            continue
        times = {
            field: (at, meaning.unit)
            for field in (Field.START, Field.END, Field.DURATION)
            if (at := _best(meanings, field)) is not None and (meaning := meanings[at])
        }
        first_name = _best(meanings, Field.FIRST_NAME)
        is_plain = Field.START in times or first_name is not None
        speaker = _speaker(meanings, rows[place + 1 :], is_plain=is_plain)
        if speaker is None and Field.START not in times:
            continue
        used = {text, speaker, first_name, *(at for at, _ in times.values())}
        ignored = tuple(clean(cell) for at, cell in enumerate(row.cells) if at not in used and clean(cell))
        return _Columns(place, text, speaker, first_name if speaker is not None else None, times, ignored)
    return None


def _best(meanings: Sequence[Meaning | None], field: Field) -> int | None:
    found = [(meaning.rank, at) for at, meaning in enumerate(meanings) if meaning and meaning.field is field]
    return min(found)[1] if found else None


def _speaker(meanings: Sequence[Meaning | None], body: Sequence[Row], *, is_plain: bool) -> int | None:
    """The speakers' column. One called « Nom » is that beside times or first names, or if most cells are persons."""
    sure = _best(meanings, Field.SPEAKER)
    perhaps = _best(meanings, Field.PERHAPS_SPEAKER)
    if sure is not None or perhaps is None or is_plain:
        return sure if sure is not None else perhaps
    names = {clean(row.cell(perhaps)) for row in body} - {""}
    return perhaps if 2 * sum(1 for name in names if is_person(name)) > len(names) else None


def _transcript(rows: Sequence[Row], columns: _Columns, delimiter: str, warnings: list[str]) -> ReadDocument:
    before, body = rows[: columns.heading], rows[columns.heading + 1 :]
    width = len(rows[columns.heading].cells)
    voices, records, names = Voices(), [], []
    for row in body:
        record, name = _turn(row.within(width, columns.text, delimiter), columns, voices)
        records.append(record)
        names.append(name)
    turns = timed(records, names)
    title = choose_title(clean(before[0].cells[0])) if before and len(_filled(before[0])) == 1 else None
    if columns.ignored:
        warnings.append("colonnes non reprises : " + ", ".join(f"« {name} »" for name in columns.ignored[:8]))
    if any(len(row.cells) > width for row in body):
        first = next(row.line for row in body if len(row.cells) > width)
        warnings.append(f"ligne {first} : plus de cellules que de colonnes ; elles sont rattachées au texte")
    if has_bad_times(turns):
        warnings.append(BAD_TIMES)
    preface = (Block(" | ".join(_filled(row)), Anchor(line=row.line)) for row in before)
    return build([*preface, *blocks_of(turns)], title=title, warnings=[*warnings, *voices.warnings()])


def _turn(row: Row, columns: _Columns, voices: Voices) -> tuple[Record, str | None]:
    """A row as a turn. What is no name in the speaker's cell, or has lost its columns, stays in the words."""
    text = row.cell(columns.text)
    label = "" if columns.speaker is None else clean(row.cell(columns.speaker))
    if label and columns.first_name is not None and clean(row.cell(columns.first_name)):
        label = f"{clean(row.cell(columns.first_name))} {label}"
    if not clean(text):
        return Record(" | ".join(_filled(row)), line=row.line), None
    name = voices.name(label)
    if label and name is None and not is_name(label):
        text = f"{label} | {text}"
    start, end, lasts = (
        clocks.read(row.cell(columns.times[field][0]), columns.times[field][1]) if field in columns.times else None
        for field in (Field.START, Field.END, Field.DURATION)
    )
    return Record(text, label, start, end, lasts, row.line), name


def _filled(row: Row) -> list[str]:
    return [cell for cell in map(clean, row.cells) if cell]
