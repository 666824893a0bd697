from __future__ import annotations

from pathlib import Path

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import read
from tests.conftest import SHARED

MARKED = """;; une réunion
reunion 1 0.06 0.0 <start=0.05,end=1.5,speaker=S4> 1.0
reunion 1 0.06 0.20 c' 0.9
reunion 1 0.26 0.30 est 0.9
reunion 1 0.56 0.30 vrai 0.9
reunion 1 0.86 0.03 ? 0.9
reunion 1 0.90 0.0 <start=0.9,end=2,speaker=S0> 1.0
reunion 1 0.90 0.30 dix 0.9
reunion 1 1.20 0.30 <unk> 0.5
reunion 1 1.60 0.03 . 0.9
"""


def of(folder: Path, text: str, name: str = "réunion.ctm") -> ReadDocument:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path)


def said(document: ReadDocument) -> list[tuple[str | None, float | None, float | None, str]]:
    return [
        (each.speaker, each.anchor.start_s, each.anchor.end_s, document.text[each.start : each.end])
        for each in document.segments
    ]


def test_words_are_joined_into_cues_with_their_times_and_voices(tmp_path: Path) -> None:
    assert said(of(tmp_path, MARKED)) == [
        ("Intervenant 1", 0.06, 0.89, "c'est vrai\u00a0?"),
        ("Intervenant 2", 0.9, 1.63, "dix […]."),
    ]


def test_what_a_machine_did_not_write_is_warned_of(tmp_path: Path) -> None:
    warnings = of(tmp_path, MARKED).warnings
    assert any("mot à mot" in warning for warning in warnings)
    assert any("« […] » : 1" in warning for warning in warnings)


def test_without_punctuation_silences_part_the_cues(tmp_path: Path) -> None:
    words = "".join(f"a A {at:.2f} 0.40 mot{at}\n" for at in (0, 1, 2, 7, 8))
    document = of(tmp_path, words.replace("1.00", "0.50").replace("2.00", "1.00"))
    assert [words for *_, words in said(document)] == ["mot0 mot1 mot2", "mot7 mot8"]
    assert document.text == "mot0 mot1 mot2\n\nmot7 mot8"
    assert any("sans ponctuation" in warning for warning in document.warnings)


def test_of_two_hearings_the_first_is_kept(tmp_path: Path) -> None:
    text = ("a 1 0.0 0.2 la\na 1 * * <ALT_BEGIN>\na 1 0.2 0.2 commune\na 1 * * <ALT>\na 1 0.2 0.2 comme\n"
            "a 1 0.3 0.1 une\na 1 * * <ALT_END>\na 1 0.5 0.2 vote\n")  # fmt: skip
    assert of(tmp_path, text).text == "la commune vote"


def test_another_recording_is_another_voice(tmp_path: Path) -> None:
    text = "".join(f"{name} 1 {at}.0 0.9 {word}\n" for name in "ab" for at, word in enumerate(["un", "deux", "trois"]))
    assert of(tmp_path, text).text == "un deux trois\n\nun deux trois"


def test_a_ctm_named_otherwise_is_known_by_its_lines(tmp_path: Path) -> None:
    assert len(of(tmp_path, MARKED, "réunion.txt").segments) == 2


def test_a_text_named_ctm_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="CTM"):
        of(tmp_path, "Bonjour à tous.\nMerci d’être venus.\n")


def test_a_real_recognisers_output_is_read_whole() -> None:
    path = SHARED / "realdocs/txt/meetings_bilan-gaz-idf_asr.ctm"
    if not path.is_file():
        pytest.skip("../shared is absent: no real documents here")
    document = read(path)
    assert "les missions de service public de GRT Gaz." in document.text
    assert {each.speaker for each in document.segments} == {"Intervenant 1", "Intervenant 2", "Intervenant 3"}
