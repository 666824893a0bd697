"""What `kb eval --golden` found: kind by kind, then in total, then what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from kb import french
from kb.catalogue.golden import FARTHEST, FILE, Kind
from kb.french import NBSP
from kb.golden import Outcome, Verdict, is_sound
from kb.printing.console import dump, say

KINDS = {
    Kind.PARAPHRASE: "Dites autrement",
    Kind.KEYWORDS: "Mots-clés",
    Kind.WHO: "Qui l’a dit",
    Kind.EXACT: "Expression exacte",
    Kind.NUMBER: "Un nombre",
    Kind.UNANSWERABLE: "Sans réponse dans le corpus",
}
_SIGNS = {
    Verdict.ANSWERED: "✓",
    Verdict.LOST: "✗",
    Verdict.GAP: "·",
    Verdict.FOUND_AGAIN: "+",
    Verdict.UNJUDGED: "?",
}
_FOUND = (Verdict.ANSWERED, Verdict.FOUND_AGAIN)


def golden(outcomes: Sequence[Outcome], *, as_json: bool) -> None:
    """Each question with what became of it, the counts, and the way out of what is wrong."""
    if as_json:
        dump(_json(outcomes))
        return
    for kind, group in _by_kind(outcomes).items():
        say(f"{KINDS[kind]}{NBSP}: {_count(kind, group)}")
        for outcome in group:
            _print(outcome)
    say(f"\n{_total(outcomes)}")
    for advice in _advice(outcomes):
        say(advice)


def _by_kind(outcomes: Sequence[Outcome]) -> dict[Kind, list[Outcome]]:
    groups = {kind: [o for o in outcomes if o.question.kind is kind] for kind in Kind}
    return {kind: group for kind, group in groups.items() if group}


def _count(kind: Kind, group: Sequence[Outcome]) -> str:
    if kind is Kind.UNANSWERABLE:
        return f"{french.count(len(group), 'question')}, {'non jugée' if len(group) < 2 else 'non jugées'}"
    return f"{_found(group)} sur {len(group)}"


def _found(group: Sequence[Outcome], within: int = FARTHEST) -> int:
    """How many are answered, at this rank or before."""
    return sum(outcome.verdict in _FOUND and (outcome.rank or FARTHEST) <= within for outcome in group)


def _print(outcome: Outcome) -> None:
    question = outcome.question
    rank = f"rang {outcome.rank}" if outcome.verdict in _FOUND else ""
    say(f"  {_SIGNS[outcome.verdict]} n°{NBSP}{question.number:<3} {rank:8} {question.question}")
    if outcome.verdict not in (Verdict.LOST, Verdict.GAP):
        return
    quoted = f", «{NBSP}{question.quote}{NBSP}»" if question.quote else ""
    say(f"        attendu dans les {question.within} premiers passages{NBSP}: {question.document}{quoted}")
    say(f"        {_instead(outcome)}")


def _instead(outcome: Outcome) -> str:
    if outcome.absent:
        return "ce document n’est pas dans la mémoire ; « kb ingest » dit pourquoi"
    found = f"trouvé au rang {outcome.rank}" if outcome.rank else f"pas dans les {FARTHEST} premiers"
    return f"{found} ; en tête{NBSP}: {outcome.first or 'rien'}"


def _total(outcomes: Sequence[Outcome]) -> str:
    expected = [o for o in outcomes if o.verdict is not Verdict.UNJUDGED]
    verdicts = Counter(o.verdict for o in outcomes)
    early = f"{_found(expected, 1)} au premier rang, {_found(expected, 3)} dans les trois premiers"
    return (
        f"En tout{NBSP}: {french.count(len(outcomes), 'question')}, dont {len(expected)} à trouver. "
        f"{french.count(_found(expected), 'trouvée')} ({early}), {french.count(verdicts[Verdict.LOST], 'perdue')}, "
        f"{french.count(verdicts[Verdict.GAP], 'lacune connue', 'lacunes connues')}."
    )


def _advice(outcomes: Sequence[Outcome]) -> list[str]:
    advice = []
    if not is_sound(outcomes):
        advice.append(
            f"✗ Une question perdue est une régression{NBSP}: voyez ce qui a changé, dans la recherche ou le corpus. "
            f"Si vous l’acceptez, écrivez known_gap = true sous la question, dans {FILE}."
        )
    again = [str(o.question.number) for o in outcomes if o.verdict is Verdict.FOUND_AGAIN]
    if again:
        named = "À nouveau trouvée" if len(again) < 2 else "À nouveau trouvées"
        advice.append(f"+ {named}{NBSP}: n°{NBSP}{', '.join(again)}. Retirez known_gap = true dans {FILE}.")
    unjudged = sum(o.verdict is Verdict.UNJUDGED for o in outcomes)
    if unjudged:
        advice.append(
            f"? {french.count(unjudged, 'question')} sans réponse dans le corpus, sans verdict pour l’instant."
        )
    return advice


def _json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    def counts(group: Sequence[Outcome]) -> dict[str, int]:
        verdicts = Counter(o.verdict for o in group)
        early = {"in_first_1": _found(group, 1), "in_first_3": _found(group, 3)}
        return {"asked": len(group)} | {verdict.value: verdicts[verdict] for verdict in Verdict} | early

    return {
        "sound": is_sound(outcomes),
        **counts(outcomes),
        "kinds": {kind.value: counts(group) for kind, group in _by_kind(outcomes).items()},
        "questions": [_question_json(outcome) for outcome in outcomes],
    }


def _question_json(outcome: Outcome) -> dict[str, Any]:
    question = outcome.question
    return {
        "number": question.number,
        "question": question.question,
        "kind": question.kind,
        "verdict": outcome.verdict,
        "rank": outcome.rank,
        "within": question.within,
        "document": question.document,
        "quote": question.quote,
        "first": outcome.first,
        "absent": outcome.absent,
    }
