from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kb.domain import Anchor
from kb.readers.blocks import Block, Naming
from kb.readers.builder import build, choose_title, first_title
from kb.readers.cleaning import clean

BLOCKS = st.lists(
    st.builds(
        Block,
        text=st.text(max_size=60) | st.sampled_from(["Maire : Bonjour.", "M. Léon : Oui.", "Titre", "(Rires.)"]),
        anchor=st.builds(Anchor, page=st.integers(1, 9)),
        is_heading=st.booleans(),
        naming=st.sampled_from(Naming),
        lead=st.sampled_from(["", "M. Léon"]),
        breaks=st.booleans(),
        joins=st.booleans(),
    ),
    max_size=12,
)


@given(BLOCKS)
def test_segments_are_in_order_apart_and_never_blank_at_their_ends(blocks: list[Block]) -> None:
    document = build(blocks)
    end = 0
    for segment in document.segments:
        words = document.text[segment.start : segment.end]
        assert segment.start >= end
        assert words
        assert words == words.strip()
        end = segment.end


@given(BLOCKS)
def test_no_paragraph_with_words_is_lost(blocks: list[Block]) -> None:
    document = build(blocks)
    for block in blocks:
        words = clean(block.text)
        if any(character.isalnum() for character in words):
            assert words in document.text


@given(BLOCKS)
def test_the_text_never_has_two_blank_lines_nor_blanks_at_its_ends(blocks: list[Block]) -> None:
    text = build(blocks).text
    assert "\n\n\n" not in text
    assert text == text.strip()


def test_paragraphs_are_separated_by_a_blank_line() -> None:
    assert build([Block("Un."), Block("Deux.")]).text == "Un.\n\nDeux."


def test_a_block_that_joins_goes_on_the_same_line() -> None:
    document = build([Block("Nous avons"), Block("raccordé 3 100 logements.", joins=True)])
    assert document.text == "Nous avons raccordé 3 100 logements."
    assert len(document.segments) == 2


def test_each_anchor_gets_the_nearest_heading() -> None:
    document = build([Block("Avant."), Block("Un", is_heading=True), Block("Dedans."), Block("Deux", is_heading=True)])
    assert [segment.anchor.heading for segment in document.segments] == [None, None, "Un", None]


def test_names_that_software_gives_by_default_are_no_titles() -> None:
    assert choose_title("Word Document", "Microsoft Word - note.doc", "note.pdf", " ", "Bilan du gaz") == "Bilan du gaz"


def test_a_top_heading_is_the_title_only_if_it_is_alone_at_its_level() -> None:
    assert first_title([(1, "Titre"), (2, "Partie")]) == "Titre"
    assert first_title([(1, "Résumé"), (2, "Objectif"), (1, "Détails")]) is None
