from kb import labels
from kb.domain import Anchor, Document, DocumentType, Passage


def shown(speaker: str | None, kind: DocumentType) -> str:
    passage = Passage("a.1", "a", 1, 0, 6, "Merci.", Anchor(start_s=751.0), speaker)
    return labels.source(passage, Document("a", "a.vtt", "Débat", kind, season=2), None)


def test_a_transcript_says_when_it_does_not_name_who_speaks() -> None:
    assert shown(None, DocumentType.TRANSCRIPT).startswith("Aucun intervenant nommé · Saison\u00a02")


def test_a_note_has_nobody_to_name() -> None:
    assert shown(None, DocumentType.PAPER).startswith("Saison\u00a02")


def test_a_named_speaker_comes_first() -> None:
    assert shown("Maire", DocumentType.TRANSCRIPT).startswith("Maire · ")
