from __future__ import annotations

import io
from pathlib import Path

import pysubs2
import pytest
import webvtt

from kb.errors import UnreadableDocument
from kb.readers import cues, srt, vtt

VTT = """WEBVTT - Débat du 13 avril

NOTE Démonstration
sur deux lignes

STYLE
::cue {color: red}

ouverture
00:00:01.000 --> 00:00:04.000 align:start
<v Marie Dupont>Bonjour à toutes
et à <b>tous</b> &amp; merci.

00:04.000 --> 00:06.500
<v.loud Karim Haddad>Merci. <v Marie Dupont>Allons-y.
"""
SRT = """1
00:00:01,000 --> 00:00:04,000
Maire d’une commune : Bonjour à tous.

2
00:00:04,000 --> 00:00:06,000
Nous avons 2 écoles
et une crèche.

3
00:00:06,000 --> 00:00:07,000
Habitante : Combien de places ?

4
00:00:07,500 --> 00:00:09,000
Maire d’une commune : {\\an8}Douze.
"""


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def words(document: object) -> list[str]:
    return [document.text[segment.start : segment.end] for segment in document.segments]  # type: ignore[attr-defined]


def test_each_voice_of_a_cue_is_a_segment_with_its_speaker(tmp_path: Path) -> None:
    document = vtt.read(written(tmp_path, "a.vtt", VTT))
    assert [(segment.speaker, said) for segment, said in zip(document.segments, words(document), strict=True)] == [
        ("Marie Dupont", "Bonjour à toutes et à tous & merci."),
        ("Karim Haddad", "Merci."),
        ("Marie Dupont", "Allons-y."),
    ]


def test_cues_keep_their_times(tmp_path: Path) -> None:
    anchors = [segment.anchor for segment in vtt.read(written(tmp_path, "a.vtt", VTT)).segments]
    assert [(anchor.start_s, anchor.end_s) for anchor in anchors] == [(1.0, 4.0), (4.0, 6.5), (4.0, 6.5)]


def test_the_title_is_what_follows_webvtt(tmp_path: Path) -> None:
    assert vtt.read(written(tmp_path, "a.vtt", VTT)).title == "Débat du 13 avril"


def test_notes_and_styles_are_not_words(tmp_path: Path) -> None:
    text = vtt.read(written(tmp_path, "a.vtt", VTT)).text
    assert "Démonstration" not in text
    assert "cue" not in text


def test_a_label_of_an_srt_holds_over_the_next_cues_and_stays_out_of_the_segment(tmp_path: Path) -> None:
    document = srt.read(written(tmp_path, "a.srt", SRT))
    assert [segment.speaker for segment in document.segments] == [
        "Maire d’une commune", "Maire d’une commune", "Habitante", "Maire d’une commune",
    ]  # fmt: skip
    assert words(document)[:2] == ["Bonjour à tous.", "Nous avons 2 écoles et une crèche."]
    assert words(document)[3] == "Douze."


def test_cues_of_one_speaker_go_on_the_same_line_of_the_text(tmp_path: Path) -> None:
    assert srt.read(written(tmp_path, "a.srt", SRT)).text.startswith(
        "Maire d’une commune : Bonjour à tous. Nous avons 2 écoles et une crèche.\n\nHabitante : "
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_change_nothing(tmp_path: Path, encoding: str, line_end: str) -> None:
    path = written(tmp_path, "a.srt", SRT.replace("\n", line_end), encoding)
    assert srt.read(path).text == srt.read(written(tmp_path, "b.srt", SRT)).text


def test_a_number_said_is_not_taken_for_a_counter(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n2024\n\n2\n00:00:02,000 --> 00:00:03,000\n42\n"
    assert words(srt.read(written(tmp_path, "a.srt", text))) == ["2024", "42"]


def test_a_second_paragraph_inside_a_cue_is_kept(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nUn.\n\nDeux.\n\n2\n00:00:02,000 --> 00:00:03,000\nSuite.\n"
    assert words(srt.read(written(tmp_path, "a.srt", text))) == ["Un. Deux.", "Suite."]


def test_words_under_an_impossible_time_are_kept_without_it_and_it_is_said(tmp_path: Path) -> None:
    document = srt.read(written(tmp_path, "a.srt", "1\n00:61:99,000 --> 00:00:0a,000\nPerdu ?\n"))
    assert words(document) == ["Perdu ?"]
    assert document.segments[0].anchor.start_s is None
    assert document.warnings == (cues.NO_TIME,)


def test_rolling_captions_are_read_once(tmp_path: Path) -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nbonjour à\n\n00:02.000 --> 00:03.000\nbonjour à\ntous et merci\n"
    assert vtt.read(written(tmp_path, "a.vtt", text)).text == "bonjour à tous et merci"


def test_two_dashed_lines_are_two_voices_that_nobody_names(tmp_path: Path) -> None:
    document = srt.read(written(tmp_path, "a.srt", SRT + "\n5\n00:00:10,000 --> 00:00:12,000\n- Merci.\n- De rien.\n"))
    assert words(document)[-2:] == ["Merci.", "De rien."]
    assert [segment.speaker for segment in document.segments][-2:] == [None, None]


def test_a_file_without_a_cue_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="aucun sous-titre"):
        vtt.read(written(tmp_path, "a.vtt", "WEBVTT\n\nSeulement du texte.\n"))


def test_a_well_formed_file_is_read_as_webvtt_reads_it(tmp_path: Path) -> None:
    path = written(tmp_path, "a.vtt", VTT.replace(" <v Marie Dupont>Allons-y.", ""))
    theirs = webvtt.read(str(path))
    ours = vtt.read(path)
    assert words(ours) == [caption.text.replace("\n", " ").replace("&amp;", "&") for caption in theirs]
    assert [segment.speaker for segment in ours.segments] == [caption.voice for caption in theirs]
    assert [segment.anchor.start_s for segment in ours.segments] == [caption.start_in_seconds for caption in theirs]


def test_a_well_formed_file_is_read_as_pysubs2_reads_it(tmp_path: Path) -> None:
    theirs = pysubs2.SSAFile.from_file(io.StringIO(SRT), format_="srt")
    ours = srt.read(written(tmp_path, "a.srt", SRT)).segments
    assert [(segment.anchor.start_s, segment.anchor.end_s) for segment in ours] == [
        (event.start / 1000, event.end / 1000) for event in theirs
    ]
