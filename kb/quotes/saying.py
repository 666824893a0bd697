"""What was found of a quotation, in French words, the same in the terminal and in the app."""

from __future__ import annotations

from collections.abc import Iterator

from kb import french, labels
from kb.french import NBSP
from kb.quotes import Change, Checked, Report, Source, Verdict

NAMES = {
    Verdict.VERBATIM: "Mot pour mot",
    Verdict.ALTERED: "Modifiée",
    Verdict.PARAPHRASE: "Proche par le sens",
    Verdict.NOT_FOUND: "Introuvable",
}
ABSENT = "Ces mots ne sont dans aucun document que vous pouvez lire ici. Cela ne prouve pas que personne ne les a dits."
NEAREST = (
    f"Ces mots ne s’y trouvent pas. Voici le passage le plus proche par le sens{NBSP}: à vous de juger s’il dit "
    "la même chose."
)
SEVERAL = 4
"""Changes that are told one by one."""


def headline(report: Report) -> str:
    """« 3 citations : 1 mot pour mot, 1 modifiée, 1 introuvable. »"""
    named = {
        Verdict.VERBATIM: ("mot pour mot", "mot pour mot"),
        Verdict.ALTERED: ("modifiée", "modifiées"),
        Verdict.PARAPHRASE: ("proche par le sens", "proches par le sens"),
        Verdict.NOT_FOUND: ("introuvable", "introuvables"),
    }
    counts = [(sum(each.verdict is verdict for each in report.checked), names) for verdict, names in named.items()]
    told = ", ".join(french.count(count, *names) for count, names in counts if count)
    return f"{french.count(len(report.checked), 'citation')}{NBSP}: {told}."


def left_out(report: Report) -> Iterator[str]:
    """What was not verified, one sentence each."""
    if report.short:
        said = french.count(report.short, "expression trop courte", "expressions trop courtes")
        yield f"{said} pour être vérifiée{'s' if report.short > 1 else ''} (moins de trois mots entre guillemets)."
    if report.left:
        said = french.count(report.left, "citation n’a pas été vérifiée", "citations n’ont pas été vérifiées")
        yield f"{said}{NBSP}: vérifiez la suite du texte à part."


def verdict(checked: Checked) -> str:
    """« Modifiée (peut-être une faute de reconnaissance) »."""
    misread = checked.judgement is not None and checked.judgement.is_misread
    return NAMES[checked.verdict] + (" (peut-être une faute de reconnaissance)" if misread else "")


def remarks(checked: Checked) -> Iterator[str]:
    """What is to know beside the verdict, one sentence each."""
    if checked.verdict is Verdict.NOT_FOUND:
        yield ABSENT
    if checked.verdict is Verdict.PARAPHRASE:
        yield NEAREST
    source, judgement = checked.source, checked.judgement
    if source is None or judgement is None:
        return
    if len(source.speakers) > 1:
        yield f"Ces mots sont de plusieurs personnes, réunis ici{NBSP}: {', puis '.join(source.speakers)}."
    if judgement.changes:
        yield f"{changed(judgement.changes)}."
    if judgement.replaced:
        yield f"Les crochets sont de qui cite{NBSP}; ils tiennent la place de {_quoted(' '.join(judgement.replaced))}."
    if judgement.typography:
        yield (
            f"Seule la typographie diffère{NBSP}: {', '.join(judgement.typography)}."
            if not judgement.changes
            else (f"Diffèrent aussi, sans changer de mot{NBSP}: {', '.join(judgement.typography)}.")
        )
    if checked.others:
        yield f"Les mêmes mots sont aussi dans {french.count(len(checked.others), 'autre passage', 'autres passages')}."


def changed(changes: tuple[Change, ...]) -> str:
    """« « moitié » est devenu « tiers » ; « ne » a disparu »."""
    told = f"{NBSP}; ".join(map(_change, changes[:SEVERAL]))
    more = len(changes) - SEVERAL
    return told + (f"{NBSP}; et {french.count(more, 'autre différence', 'autres différences')}" if more > 0 else "")


def _change(change: Change) -> str:
    if not change.quoted:
        return f"{_quoted(change.source)} a disparu"
    if not change.source:
        return f"{_quoted(change.quoted)} a été ajouté"
    return f"{_quoted(change.source)} est devenu {_quoted(change.quoted)}"


def _quoted(words: str) -> str:
    return f"«{NBSP}{words}{NBSP}»"


def origin(source: Source) -> str:
    """« Maire d’une commune rurale · Saison 3, 13 avril 2021 · Transcription · 12:31 »."""
    return labels.source(source.passage, source.document, source.session)
