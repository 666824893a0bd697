from __future__ import annotations

from kb.domain import Anchor, Document, DocumentType, Passage
from kb.search.diversity import FIRST, WINDOW, Found, spread


def found(*places: tuple[str, str]) -> list[Found]:
    """Passages best first, by document and text."""
    made = []
    for key, (name, text) in enumerate(places):
        document = Document(name, name, name, DocumentType.OTHER)
        passage = Passage(f"{name}.{key}", name, key, 0, len(text), text, Anchor())
        made.append(Found((key, 1 - key / 1000), passage, document))
    return made


def different(name: str, n: int) -> list[tuple[str, str]]:
    return [(name, f"{name} passage numéro {i} parle de tout autre chose que {name}{i}") for i in range(n)]


def keys(shown: list[Found]) -> list[int]:
    return [each.key for each in shown]


def test_the_first_ten_hold_at_most_so_many_of_one_document_and_lose_none_after() -> None:
    given = found(*different("a", 12), *different("b", 2), *different("c", 9))
    shown = spread(given, per_document=3)
    first = [each.document.id for each in shown[:FIRST]]
    assert (first.count("a"), first.count("b"), first.count("c")) == (5, 2, 3)  # nothing else was left to show
    assert sorted(keys(shown)) == list(range(23))


def test_where_documents_abound_the_limit_holds() -> None:
    given = found(*different("a", 9), *[place for name in "bcdefgh" for place in different(name, 1)])
    first = [each.document.id for each in spread(given, per_document=3)[:FIRST]]
    assert first == ["a", "a", "a", *"bcdefgh"]


def test_no_limit_leaves_the_order() -> None:
    given = found(*different("a", 15), *different("b", 3))
    assert keys(spread(given, per_document=0)) == list(range(18))


def test_one_document_alone_stands_in_its_order() -> None:
    assert keys(spread(found(*different("a", 15)), per_document=3)) == list(range(15))


def test_asking_for_more_moves_none_of_the_first() -> None:
    given = found(*different("a", WINDOW), *different("b", 30))
    assert keys(spread(given[:WINDOW], per_document=2))[:FIRST] == keys(spread(given, per_document=2))[:FIRST]


def test_a_text_said_twice_is_shown_once_and_the_other_is_known() -> None:
    text = "La confiance des habitants se gagne au guichet, avec une personne, et pas avec un outil de plus."
    shown = spread(found(("a", text), ("b", "Le réseau de chaleur est neuf."), ("c", f"{text} Merci.")), per_document=3)
    assert [(each.key, keys(list(each.repeats))) for each in shown] == [(0, [2]), (1, [])]


def test_the_same_sentence_with_another_figure_is_no_repeat() -> None:
    one, other = (f"Le budget de la régie est passé à {n} millions d’euros en un an, dit le maire." for n in (12, 21))
    assert [each.repeats for each in spread(found(("a", one), ("b", other)), per_document=3)] == [(), ()]
