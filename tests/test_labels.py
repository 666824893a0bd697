from kb import labels
from kb.domain import Anchor, Document, DocumentType, Hit, Passage, Why

NOBODY = Passage("a.1", "a", 1, 0, 6, "Merci.", Anchor(start_s=751.0))


def shown(speaker: str | None, kind: DocumentType) -> str:
    passage = Passage("a.1", "a", 1, 0, 6, "Merci.", Anchor(start_s=751.0), speaker)
    return labels.source(passage, Document("a", "a.vtt", "Débat", kind, season=2), None)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def hit(*words: str) -> Hit:
    return Hit(NOBODY, 1.0, Document("a", "a.vtt", "Débat", DocumentType.TRANSCRIPT), None, Why(words))


def test_a_transcript_says_when_it_does_not_name_who_speaks() -> None:
    assert shown(None, DocumentType.TRANSCRIPT).startswith("Aucun intervenant nommé · Saison\u00a02")


def test_a_note_has_nobody_to_name() -> None:
    assert shown(None, DocumentType.PAPER).startswith("Saison\u00a02")


def test_a_named_speaker_comes_first() -> None:
    assert shown("Maire", DocumentType.TRANSCRIPT).startswith("Maire · ")


def test_every_reason_of_a_passage_is_said_once_in_one_line() -> None:
    reasons = Why(
        words=("SPL", "Confiance", "guichet unique", "confiance", "Confiance"),
        meaning=0.89,
        phrases=("guichet unique",),
        related=(("SPL", "société publique locale"), ("SPL", "Epl"), ("DSP", "régie")),
        corrected=(("confience", "confiance"),),
    )
    assert plain(labels.why(reasons)) == (
        "mots : SPL, confiance · expression : « guichet unique » · "
        "glossaire : société publique locale, Epl (pour SPL) ; régie (pour DSP) · "
        "corrigé : confience → confiance · sens : proche"
    )


def test_a_passage_without_reasons_says_nothing() -> None:
    assert labels.why(Why()) == ""


def test_a_corrected_word_has_the_accents_of_the_text() -> None:
    assert "numerqiue → numérique" in labels.why(
        Why(words=("Numérique", "numérique"), corrected=(("numerqiue", "numerique"),))
    )


def test_a_word_that_nobody_wrote_is_said_as_typed_with_the_one_found_as_written() -> None:
    said = labels.misspelt("Le Numérqiue ?", {"numerqiue": "numerique"}, [hit("Numérique"), hit("numérique")])
    assert plain(said) == "Personne n’a écrit « Numérqiue » : la recherche porte aussi sur « numérique »."


def test_several_such_words_are_said_in_one_sentence() -> None:
    said = labels.misspelt("confience des habitents", {"confience": "confiance", "habitents": "habitants"}, [])
    assert plain(said) == (
        "Personne n’a écrit « confience » ni « habitents » : "
        "la recherche porte aussi sur « confiance » et « habitants »."
    )


def test_nothing_is_said_of_spelling_when_all_was_written() -> None:
    assert labels.misspelt("confiance", {}, [hit("confiance")]) == ""


def test_the_terms_of_a_glossary_are_cut_where_asked() -> None:
    terms = ("société publique locale", "Epl", "SEM")
    assert (labels.beside(terms), labels.beside(terms, 2)) == (
        "société publique locale, Epl, SEM",
        "société publique locale, Epl…",
    )


def test_repeats_agree_with_their_number() -> None:
    assert [plain(labels.repeats(n)) for n in (1, 12)] == [
        "+ 1 passage qui dit la même chose",
        "+ 12 passages qui disent la même chose",
    ]


def test_what_chance_alone_gives_is_not_called_near() -> None:
    assert [labels.closeness(meaning) for meaning in (0.85, 0.87, 0.89, 0.91)] == [
        "éloigné",
        "assez proche",
        "proche",
        "très proche",
    ]
