from __future__ import annotations

import html
import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from kb.browse import FullText, Reading
from kb.domain import Anchor, Document, DocumentType, Hit, Passage, Segment, Session, Why
from kb.ui import reading
from kb.ui.cards import Shown, cards
from kb.ui.links import passage_address, source_link
from kb.ui.markup import aside, label, marked, prose

PAGE_4 = Anchor(page=4)
NO_REASON = Why()
URL = "https://memoire.example.fr/app/"
SESSION = Session("season-3/s", "Inclure les habitants", date(2021, 4, 13), 3)


def document(path: str = "season-3/s/note.pdf", **more: object) -> Document:
    known: dict[str, object] = {"date": date(2021, 4, 13), "session": SESSION.id, "season": 3} | more
    return Document("abc", path, "Note sur le guichet", DocumentType.PAPER, **known)  # type: ignore[arg-type]


def passage(text: str, *, start: int = 0, anchor: Anchor = PAGE_4, speaker: str | None = None) -> Passage:
    return Passage("abc.2", "abc", 2, start, start + len(text), text, anchor, speaker)


def plain(markup: str) -> str:
    """What a reader sees of some HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


def card(text: str, why: Why = NO_REASON, of: Document | None = None, **more: object) -> str:
    found, of = passage(text, **more), of or document()  # type: ignore[arg-type]
    around = Reading(found, (passage("Avant."),), (passage("Après."),), of, SESSION)
    return cards([Shown(Hit(found, 0.9, of, SESSION, why), around)], URL)


def beside(shown: Shown, *, are_answers: bool = True) -> str:
    return cards([shown], URL, are_answers=are_answers)


def bare(of: Document, text: str = "La confiance vient.", **more: object) -> Shown:
    found = passage(text)
    return Shown(Hit(found, 0.9, of, SESSION, NO_REASON), Reading(found, (), (), of, SESSION), **more)  # type: ignore[arg-type]


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]], tuple[int, int] | None]:
    text = draw(st.text(alphabet="ab<>&\"' é\u202e", max_size=30))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    best = sorted(draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=2))) if len(text) > 1 else None
    return text, spans, (best[0], best[1]) if best else None


@given(texts_with_spans())
def test_marking_changes_no_character_of_a_passage(
    case: tuple[str, list[tuple[int, int]], tuple[int, int] | None],
) -> None:
    text, spans, best = case
    assert plain(marked(text, spans, best)) == text


@given(texts_with_spans())
def test_marking_closes_what_it_opens(case: tuple[str, list[tuple[int, int]], tuple[int, int] | None]) -> None:
    made = marked(*case)
    assert (made.count("<mark>"), made.count("<span")) == (made.count("</mark>"), made.count("</span>"))


def test_matched_words_are_marked_inside_the_best_sentence() -> None:
    made = marked("Un outil. La confiance vient.", [(13, 22)], (10, 29))
    assert made == 'Un outil. <span class="best">La <mark>confiance</mark> vient.</span>'


def test_line_ends_become_gaps() -> None:
    assert prose("un\n\ndeux") == 'un<span class="gap"></span>deux'


def test_a_card_shows_hostile_text_as_text() -> None:
    made = card('<img src=x onerror="alert(1)">', speaker="<b>Maire</b>")
    assert "<img" not in made
    assert "<b>" not in made


def test_a_card_says_who_speaks_before_the_words() -> None:
    made = plain(card("La confiance vient.", speaker="Maire"))
    assert made.index("Maire") < made.index("La confiance vient.")


def test_a_card_without_a_speaker_is_headed_by_its_document() -> None:
    assert plain(card("La confiance vient.")).startswith("Note sur le guichet")


def test_a_passage_of_a_pdf_links_to_its_page() -> None:
    assert 'href="./source/abc#page=4">p.\u00a04 dans la note (PDF)</a>' in card("La confiance vient.")


def test_a_passage_of_a_text_links_to_itself_in_the_text() -> None:
    made = card("Oui.", of=document("season-3/s/t.vtt"), anchor=Anchor(start_s=751.0))
    assert '<a href="./passage?p=abc~0~4~Avant.~Oui.~~Apr%C3%A8s.~3ef80140">12:31 dans la note</a>' in made


def test_only_a_demonstration_document_is_tagged_so() -> None:
    assert ("démonstration" in card("Oui."), "démonstration" in card("Oui.", of=document(demo=True))) == (False, True)


def test_a_card_says_why_in_one_line() -> None:
    assert "mots\u00a0: confiance · sens\u00a0: très proche" in card("Oui.", Why(("confiance",), (), 0.95))


def test_a_card_says_how_much_more_its_document_holds() -> None:
    made = beside(bare(document(), inside=(1200, "./?q=a&document=abc")))
    assert 'href="./?q=a&amp;document=abc">Dans ce document\u00a0: 1\u00a0200 passages</a>' in made


def test_a_card_leads_to_the_passages_that_say_the_same() -> None:
    other = Document("def", "copie.md", "<i>Copie</i>", DocumentType.PAPER, date(2021, 5, 3), season=3)
    repeat = Reading(Passage("def.7", "def", 7, 0, 4, "Oui.", PAGE_4), (), (), other, None)
    made = beside(bare(document(), repeats=(repeat,)))
    assert 'aria-controls="same-1">+\u00a01 passage qui dit la même chose</button>' in made
    assert '<ul class="panel same" id="same-1" hidden><li><a href="./passage?p=def~0~4~~Oui.~~~3ef80140">' in made
    assert "<bdi>&lt;i&gt;Copie&lt;/i&gt;</bdi>" in made
    assert "Saison\u00a03, 3 mai 2021 · p.\u00a04" in plain(made)


def test_a_card_without_more_says_nothing_of_it() -> None:
    made = beside(bare(document()))
    assert not any(said in made for said in ("Dans ce document", "la même chose", "nearest"))


def test_what_may_not_answer_weighs_less() -> None:
    assert '<ol class="hits nearest">' in beside(bare(document()), are_answers=False)


def test_an_address_is_that_of_the_passage_for_ever() -> None:
    address = passage_address(passage("La confiance vient.", start=12), URL)
    assert address.startswith("https://memoire.example.fr/app/passage?p=abc~12~31~~La+confiance+vient.~~~")
    assert passage_address("abc.2", URL) == "https://memoire.example.fr/app/passage?id=abc.2"


def test_a_card_and_its_citation_give_the_address_with_the_words_around() -> None:
    made = html.unescape(card("Mais la confiance vient.", start=6))
    assert made.count("~Avant.~Mais+la+confiance+vient.~~") == 4  # the quotation, its place, the citation, the link


def test_a_source_link_never_holds_a_path() -> None:
    assert source_link(document("../secret.pdf"), 2) == "./source/abc#page=2"


def turns() -> FullText:
    text = "Bonjour à tous. On commence. Merci bien."
    spans = ((0, 15, "Maire", 3.0), (16, 28, "Maire", 9.0), (29, 40, "Élue", 61.0))
    return FullText(document(), text, tuple(Segment(s, e, Anchor(start_s=at), who) for s, e, who, at in spans))


def test_the_passage_is_marked_once_by_its_name_across_segments() -> None:
    made = reading.text(turns(), passage("à tous. On commence.", start=8))
    assert made.count('id="passage"') == 1
    assert made.count('<mark class="passage"') == 1


def test_a_read_document_says_each_turn_s_speaker_and_time_once() -> None:
    seen = plain(reading.text(turns(), passage("On commence.", start=16)))
    assert seen == "Maire00:03Bonjour à tous. On commence.Élue01:01Merci bien."


def test_a_page_is_told_when_it_changes() -> None:
    segments = tuple(Segment(i * 3, i * 3 + 2, Anchor(page=1 + i // 2)) for i in range(4))
    seen = plain(reading.text(FullText(document(), "aa bb cc dd", segments), passage("aa")))
    assert seen == "p.\u00a01aabbp.\u00a02ccdd"


def test_of_a_very_long_document_only_what_surrounds_the_passage_is_shown() -> None:
    size, n = 1000, 600
    segments = tuple(Segment(i * size, i * size + size - 1, Anchor(line=i + 1)) for i in range(n))
    made = reading.text(FullText(document(), "x" * size * n, segments), passage("x" * 50, start=300 * size))
    assert reading.LONGEST < len(made) < 2 * reading.LONGEST
    assert "Ce document est long" in made


def test_a_name_closes_the_marks_of_direction_that_it_leaves_open() -> None:
    assert aside("\u202eenvers \u2066isolé") == "<bdi>\u202eenvers \u2066isolé\u2069\u202c</bdi>"


def test_the_label_of_a_widget_says_its_text_without_reading_signs_in_it() -> None:
    assert label("Maire d’une commune (2)") == "Maire d’une commune (2)"
    assert label("**a** :red[b] $x$ &lt; <i> a -> b") == (
        "\\*\\*a\\*\\* :\u2060red\\[b\\] \\$x\\$ \\&lt; \\<i\\> a -\u2060\\> b"
    )
    assert label("Thème : le guichet") == "Thème : le guichet"
