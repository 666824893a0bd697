"""The end of an ingest: how many files of each fate, what there is to say of them, what a dry run understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kb import french, labels
from kb.french import NBSP
from kb.ingest.report import Note, Report, Understood
from kb.printing.console import dump, out, safe

_MOST_FILES = 8
_MOST_CAUSES = 20
_MOST_ROWS = 40
_MOST_SPEAKERS = 3
_WIDTH_ELSEWHERE = 160
"""Columns where there is no terminal to fit in."""


def report(done: Report, *, as_json: bool, dry_run: bool = False) -> None:
    """A table of counts, then each cause with its files; a dry run begins with what it understood."""
    if as_json:
        dump({key: part for key, part in asdict(done).items() if key != "understood" or dry_run})
        return
    console = out if out.is_terminal else Console(highlight=False, width=_WIDTH_ELSEWHERE)
    if done.understood:
        _print_understood(done.understood, console)
    _print_counts(done, console)
    _print_notes("Avec réserve", done.warned, console)
    _print_notes("Refusés" if len(done.refused) > 1 else "Refusé", done.refused, console)
    same = [Note(twin.file, f"même texte que {twin.same_as}") for twin in done.twins]
    _print_notes("Même texte qu’un autre, montré une seule fois", same, console)
    console.print(f"\n{_total(done, dry_run)}", markup=False)


def _total(done: Report, dry_run: bool) -> str:
    passages = french.count(done.passages, "passage")
    duration = f"{french.number(done.seconds, 1)}{NBSP}s"
    if dry_run:
        return f"À blanc{NBSP}: rien n’a été écrit. La mémoire garde {passages}. Durée{NBSP}: {duration}."
    return f"{passages} dans la mémoire, en {duration}."


def _print_counts(done: Report, console: Console) -> None:
    """The fates that some file had; the others are not worth a line."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(justify="right")
    fates = (
        (done.accepted, "accepté", "acceptés", "green"),
        (done.replaced, "remplacé", "remplacés", "green"),
        (done.unchanged, "inchangé", "inchangés", "dim"),
        (done.removed, "retiré", "retirés", "yellow"),
        (done.filed, "dont les thèmes ont changé", "dont les thèmes ont changé", "dim"),
        (done.twins, "au même texte qu’un autre", "au même texte qu’un autre", "dim"),
        (_files(done.warned), "avec réserve", "avec réserve", "yellow"),
        (_files(done.refused), "refusé", "refusés", "red"),
    )
    for files, one, several, style in fates:
        if files:
            table.add_row(french.number(len(files)), one if len(files) == 1 else several, style=style)
    if table.row_count:
        console.print(table)
    else:
        console.print("Aucun document à prendre.", markup=False)


def _files(notes: Sequence[Note]) -> list[str]:
    return list(dict.fromkeys(note.file for note in notes))


def _print_notes(title: str, notes: Sequence[Note], console: Console) -> None:
    for line in note_lines(title, notes):
        console.print(line, markup=False, soft_wrap=True)


def note_lines(title: str, notes: Sequence[Note]) -> Iterator[str]:
    """A cause once, with the files that it is true of; what is too long is cut, and says how to see it all."""
    by_cause: dict[str, list[str]] = {}
    for note in notes:
        by_cause.setdefault(safe(note.cause), []).append(safe(note.file))
    if by_cause:
        yield f"\n{title}{NBSP}:"
    for cause, files in list(by_cause.items())[:_MOST_CAUSES]:
        if len(files) == 1:
            yield f"  {files[0]} : {cause}"
            continue
        yield f"  {cause} ({french.count(len(files), 'fichier')})"
        yield from (f"    {file}" for file in files[:_MOST_FILES])
        if len(files) > _MOST_FILES:
            yield f"    {_others(len(files) - _MOST_FILES, 'fichier')}"
    if len(by_cause) > _MOST_CAUSES:
        yield f"  {_others(len(by_cause) - _MOST_CAUSES, 'cause')}"


def _others(n: int, what: str) -> str:
    return f"… et {french.count(n, f'autre {what}', f'autres {what}s')} (« kb ingest --json » dit tout)"


def _print_understood(found: Sequence[Understood], console: Console) -> None:
    """A row a file, under the name of its session."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Fichier", "Type", "Date", "Intervenants", "Langue"):
        table.add_column(name, overflow="fold")
    for name in ("Pages", "Passages"):
        table.add_column(name, justify="right")
    home = ""
    for each in sorted(found, key=lambda each: (each.session or "", each.file))[:_MOST_ROWS]:
        if _session(each) != home:
            home = _session(each)
            table.add_row(Text(home, style="bold"))
        table.add_row(*_row(each))
    console.print(table)
    if len(found) > _MOST_ROWS:
        console.print(_others(len(found) - _MOST_ROWS, "fichier"), markup=False)
    console.print()


def _row(each: Understood) -> tuple[Text | str, ...]:
    inside = each.file.removeprefix(f"{each.session}/") if each.session else each.file
    name = Text.assemble(f"  {safe(inside)}", (f"\n  {safe(each.title)}", "dim"))
    pages = "" if each.pages is None else french.number(each.pages)
    return (
        *(name, labels.TYPES[each.type], french.long_date(each.date) if each.date else "—"),
        *(Text(_speakers(each.speakers)), safe(each.language), pages, french.number(each.passages)),
    )


def _session(each: Understood) -> str:
    """« season-3/2021-04-13-inclusion (saison 3) »; « à classer » for a file of no session."""
    if each.session is None:
        return labels.UNFILED
    season = f" (saison{NBSP}{each.season})" if each.season is not None else ""
    return safe(each.session) + season


def _speakers(names: Sequence[str]) -> str:
    """« 12 : Mme Roy, M. Petit, Le maire… »; a dash where nobody is named."""
    if not names:
        return "—"
    more = "…" if len(names) > _MOST_SPEAKERS else ""
    return f"{french.number(len(names))}{NBSP}: {', '.join(map(safe, names[:_MOST_SPEAKERS]))}{more}"
