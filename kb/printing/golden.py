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
    Verdict.SILENT: "✓",
    Verdict.CLAIMED: "✗",
    Verdict.GAP: "·",
    Verdict.FOUND_AGAIN: "+",
}
_RIGHT = (Verdict.ANSWERED, Verdict.SILENT, Verdict.FOUND_AGAIN)


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
    said = f"{_right(group)} sur {len(group)}"
    return f"{said} où la mémoire le dit" if kind is Kind.UNANSWERABLE else said


def _right(group: Sequence[Outcome], within: int = FARTHEST) -> int:
    """How many are as they should be; of those to be found, at this rank or before."""
    return sum(outcome.verdict in _RIGHT and (outcome.rank or 1) <= within for outcome in group)


def _print(outcome: Outcome) -> None:
    question = outcome.question
    rank = f"rang {outcome.rank}" if outcome.verdict in _RIGHT and outcome.rank else ""
    say(f"  {_SIGNS[outcome.verdict]} n°{NBSP}{question.number:<3} {rank:8} {question.question}")
    if outcome.is_doubted:
        say("        trouvée, mais la mémoire dit ne pas la couvrir")
    if outcome.verdict in _RIGHT:
        return
    if question.document is None:
        say(f"        la mémoire croit y répondre ; en tête{NBSP}: {outcome.first}")
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
    expected = [o for o in outcomes if o.question.document]
    others = [o for o in outcomes if not o.question.document]
    lost, gaps = (sum(o.verdict is verdict for o in outcomes) for verdict in (Verdict.LOST, Verdict.GAP))
    early = f"{_right(expected, 1)} au premier rang, {_right(expected, 3)} dans les trois premiers"
    unanswerable = (
        f"{french.count(len(others), 'question')} sans réponse{NBSP}: la mémoire le dit de {_right(others)}, "
        f"et croit répondre à {len(others) - _right(others)}. "
    )
    return (
        f"En tout{NBSP}: {french.count(len(outcomes), 'question')}, dont {len(expected)} à trouver. "
        f"{french.count(_right(expected), 'trouvée')} ({early}), {french.count(lost, 'perdue')}. "
        f"{unanswerable if others else ''}{french.count(gaps, 'lacune connue', 'lacunes connues')}."
    )


def _advice(outcomes: Sequence[Outcome]) -> list[str]:
    advice = []
    if any(o.verdict is Verdict.LOST for o in outcomes):
        advice.append(
            f"✗ Une question perdue est une régression{NBSP}: voyez ce qui a changé, dans la recherche ou le corpus. "
            f"Si vous l’acceptez, écrivez known_gap = true sous la question, dans {FILE}."
        )
    if any(o.verdict is Verdict.CLAIMED for o in outcomes):
        advice.append(
            f"✗ La mémoire croit répondre à une question que le corpus laisse sans réponse{NBSP}: si un document y "
            f"répond désormais, nommez-le au lieu de answered = false ; sinon, écrivez known_gap = true, dans {FILE}."
        )
    again = [str(o.question.number) for o in outcomes if o.verdict is Verdict.FOUND_AGAIN]
    if again:
        named = "Lacune comblée" if len(again) < 2 else "Lacunes comblées"
        advice.append(f"+ {named}{NBSP}: n°{NBSP}{', '.join(again)}. Retirez known_gap = true dans {FILE}.")
    doubted = sum(o.is_doubted for o in outcomes)
    if doubted:
        found = french.count(doubted, "question trouvée", "questions trouvées")
        advice.append(f"! {found}, mais la mémoire dit ne pas {'la' if doubted < 2 else 'les'} couvrir.")
    return advice


def _json(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    def counts(group: Sequence[Outcome]) -> dict[str, int]:
        verdicts = Counter(o.verdict for o in group)
        expected = [o for o in group if o.question.document]
        early = {"in_first_1": _right(expected, 1), "in_first_3": _right(expected, 3)}
        doubted = {"doubted": sum(o.is_doubted for o in group)}
        return {"asked": len(group)} | {verdict.value: verdicts[verdict] for verdict in Verdict} | doubted | early

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
        "doubted": outcome.is_doubted,
    }
