"""What the memory holds, whether it is sound, how well it searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from kb import french, labels
from kb.domain import Facets
from kb.evaluate import Scores
from kb.library import Library
from kb.printing.console import dump, out, say
from kb.store import Counts


def status(library: Library, found: Facets, *, as_json: bool) -> None:
    """What the memory holds."""
    counts = library.store.counts()
    value = {
        "corpus": str(library.corpus),
        "index": str(library.settings.index),
        "model": library.store.model or None,
        "documents": counts.documents,
        "passages": counts.passages,
        "seasons": found.seasons,
        "sessions": found.sessions,
        "types": found.types,
        "speakers": len(found.speakers),
    }
    if as_json:
        dump(value)
        return
    say(f"Corpus  {library.corpus}\nIndex   {library.settings.index}")
    say(f"Modèle  {library.store.model or 'aucun : lancez « kb ingest »'}")
    out.print(f"{french.count(counts.documents, 'document')}, {french.count(counts.passages, 'passage')}")
    for number, n in sorted(found.seasons.items()):
        out.print(f"  Saison {number} : {french.count(n, 'passage')}")
    for kind, n in found.types.items():
        out.print(f"  {labels.TYPES[kind]} : {french.count(n, 'passage')}")


def verification(counts: Counts, found: Sequence[str], untaken: Sequence[str], *, as_json: bool) -> None:
    """The result of `kb verify`. `untaken`: files of the corpus that are not in the memory, which is no fault of it."""
    if as_json:
        dump({"sound": not found, **asdict(counts), "problems": list(found), "untaken": list(untaken)})
        return
    if untaken:
        say(
            f"{french.count(len(untaken), 'fichier')} du corpus hors de la mémoire, refusés ou pas encore ingérés "
            "(« kb ingest » dit pourquoi) :"
        )
    for path in untaken:
        say(f"  {path}")
    for problem in found:
        say(f"✗ {problem}")
    if not found:
        out.print(
            f"Tout concorde : {french.count(counts.documents, 'document')}, {french.count(counts.passages, 'passage')}"
            ", chacun identique à sa source ; mots et sens au complet."
        )


def scores(measured: Scores, *, as_json: bool) -> None:
    """The result of `kb eval`."""
    value = asdict(measured)
    value |= value.pop("measures")
    if as_json:
        dump(value)
        return
    for name, figure in value.items():
        out.print(f"{name:16} {figure}", markup=False)
