from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kb.domain import ReadDocument
from kb.errors import UnreadableDocument
from kb.readers import read


def of_text(folder: Path, text: str, name: str = "débat.json") -> ReadDocument:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read(path)


def of(folder: Path, value: Any, name: str = "débat.json") -> ReadDocument:
    return of_text(folder, json.dumps(value), name)


def turns(document: ReadDocument) -> list[tuple[str | None, float | None, float | None, str]]:
    return [
        (each.speaker, each.anchor.start_s, each.anchor.end_s, document.text[each.start : each.end])
        for each in document.segments
    ]


def test_segments_keep_their_times_and_their_voices_are_numbered(tmp_path: Path) -> None:
    words = [{"word": " Bonjour", "start": 0, "end": 1}, {"word": " à tous.", "start": 1, "end": 2.5}]
    document = of(
        tmp_path,
        {
            "text": " Bonjour à tous. Merci.",
            "segments": [
                {"start": 0, "end": 2.5, "speaker": "SPEAKER_01", "text": " Bonjour à tous.", "words": words},
                {"start": 2.5, "end": 4, "speaker": "SPEAKER_00", "text": " Merci."},
            ],
        },
    )
    assert turns(document) == [
        ("Intervenant 1", 0.0, 2.5, "Bonjour à tous."),
        ("Intervenant 2", 2.5, 4.0, "Merci."),
    ]
    assert "SPEAKER_01" in document.warnings[0]


def test_names_are_kept_as_they_are(tmp_path: Path) -> None:
    document = of(tmp_path, [{"orateur": "Mme Léa Martin", "debut": "00:01:02", "texte": "Bonjour à tous."}])
    assert turns(document) == [("Mme Léa Martin", 62.0, None, "Bonjour à tous.")]


def test_utterances_in_milliseconds_are_brought_to_seconds(tmp_path: Path) -> None:
    said = {"speaker": "A", "start": 1250, "end": 3500, "text": "Bonjour à toutes et à tous."}
    document = of(tmp_path, {"utterances": [said | {"words": [{"text": "Bonjour", "start": 1250, "end": 1500}]}]})
    assert turns(document) == [("Intervenant A", 1.25, 3.5, "Bonjour à toutes et à tous.")]


def test_a_speaker_of_a_paragraph_is_that_of_its_sentences(tmp_path: Path) -> None:
    sentences = [{"text": "Bonjour.", "start": 0.5, "end": 1.0}, {"text": "Entrez donc.", "start": 1.0, "end": 2.0}]
    spoken = {"paragraphs": [{"sentences": sentences, "speaker": 0, "start": 0.5, "end": 2.0}]}
    best = {"transcript": "Bonjour. Entrez donc.", "paragraphs": spoken}
    channel = {"alternatives": [best, {"transcript": "Bon jour. Entrez."}]}
    assert turns(of(tmp_path, {"results": {"channels": [channel]}})) == [
        ("Intervenant 1", 0.5, 1.0, "Bonjour."),
        ("Intervenant 1", 1.0, 2.0, "Entrez donc."),
    ]


def test_only_the_best_of_several_hearings_is_read(tmp_path: Path) -> None:
    results = [{"alternatives": [{"transcript": "L’énergie", "confidence": 0.9}, {"transcript": "Les nergies"}]}]
    assert of(tmp_path, {"results": results}).text == "L’énergie"


def test_lists_of_words_are_joined_into_cues(tmp_path: Path) -> None:
    said = "le gaz arrive ici".split()
    first = [{"conf": 1, "word": word, "start": at * 0.3, "end": at * 0.3 + 0.25} for at, word in enumerate(said)]
    second = [{"conf": 1, "word": word, "start": 9 + at * 0.3, "end": 9.2 + at * 0.3} for at, word in enumerate(said)]
    values = [{"result": part, "text": " ".join(said)} for part in (first, second)]
    document = of_text(tmp_path, "\n".join(json.dumps(value, indent=2) for value in values))
    assert turns(document) == [(None, 0.0, 1.15, "le gaz arrive ici"), (None, 9.0, 10.1, "le gaz arrive ici")]
    assert any("sans ponctuation" in warning for warning in document.warnings)


def test_words_with_their_times_above_them_are_joined_with_their_punctuation(tmp_path: Path) -> None:
    items = [{"start_time": str(at), "end_time": str(at + 0.5), "type": "pronunciation", "speaker_label": "spk_0",
              "alternatives": [{"content": word}]} for at, word in enumerate(["l'", "eau", "monte"] * 8)]  # fmt: skip
    items.insert(3, {"type": "punctuation", "alternatives": [{"content": "?"}]})
    document = of(tmp_path, {"results": {"transcripts": [{"transcript": "l'eau monte"}], "items": items}})
    assert turns(document)[0] == ("Intervenant 1", 0.0, 2.5, "l'eau monte\u00a0?")


def test_captions_with_a_duration_have_an_end(tmp_path: Path) -> None:
    assert turns(of(tmp_path, [{"text": "bonjour à tous", "start": 1.5, "duration": 2.0}])) == [
        (None, 1.5, 3.5, "bonjour à tous")
    ]


def test_written_times_are_understood(tmp_path: Path) -> None:
    starts = ["1.500s", "PT2S", {"seconds": "3", "nanos": 500000000}, "00:00:04,500"]
    document = of(tmp_path, [{"start": start, "text": "Une phrase."} for start in starts])
    assert [each.anchor.start_s for each in document.segments] == [1.5, 2.0, 3.5, 4.5]


@pytest.mark.parametrize(
    "times",
    [{"timestamp": [1.0, 2.5]}, {"timestamps": {"from": "00:00:01,000", "to": "00:00:02,500"}},
     {"offsets": {"from": 1000, "to": 2500}}, {"startMs": 1000, "durationMs": 1500}, {"start_s": 1, "end_s": 2.5}],
)  # fmt: skip
def test_times_are_found_in_pairs_and_in_objects(tmp_path: Path, times: dict[str, Any]) -> None:
    assert turns(of(tmp_path, {"text": "Bonjour.", "chunks": [{"text": "Bonjour à tous."} | times]})) == [
        (None, 1.0, 2.5, "Bonjour à tous.")
    ]


def test_words_that_bring_their_blanks_are_put_together_as_they_are(tmp_path: Path) -> None:
    captions = [
        {"tStartMs": 1200, "segs": [{"utf8": "bonjour"}, {"utf8": " à"}, {"utf8": " tous"}]},
        {"tStartMs": 3000, "segs": [{"utf8": "\n"}]},
        {"tStartMs": 3010, "segs": [{"utf8": "merci"}]},
    ]
    spoken = [{"type": "text", "value": "Bonjour", "ts": 0.5, "end_ts": 1}, {"type": "punct", "value": ", "},
              {"type": "text", "value": "vous", "ts": 1.1, "end_ts": 1.4}, {"type": "punct", "value": "."}]  # fmt: skip
    assert of(tmp_path, {"events": captions}).text == "bonjour à tous merci"
    assert turns(of(tmp_path, {"monologues": [{"speaker": 0, "elements": spoken}]})) == [
        ("Intervenant 1", 0.5, 1.4, "Bonjour, vous.")
    ]


def test_of_two_forms_of_what_was_heard_the_punctuated_one_is_read(tmp_path: Path) -> None:
    best = {"lexical": "bonjour à tous", "display": "Bonjour à tous."}
    phrase = {"offset": "PT0.5S", "duration": "PT1S", "speaker": 1, "nBest": [best, {"lexical": "bon jour"}]}
    assert turns(of(tmp_path, {"recognizedPhrases": [phrase]})) == [("Intervenant 1", 0.5, 1.5, "Bonjour à tous.")]


def test_a_list_of_speakers_gives_the_labels_their_names(tmp_path: Path) -> None:
    value = {"speakers": [{"id": "S1", "name": "Mme Léa Martin"}], "turns": [{"speaker": "S1", "text": "Bonjour."}]}
    assert turns(of(tmp_path, value))[0][0] == "Mme Léa Martin"


def test_what_is_called_name_is_no_speaker_where_it_names_things(tmp_path: Path) -> None:
    document = of(tmp_path, [{"name": "README", "content": "Lisez ceci."}, {"name": "projet.toml", "content": "Oui."}])
    assert {each.speaker for each in document.segments} == {None}


def test_turns_without_times_have_their_number_or_their_line(tmp_path: Path) -> None:
    said = [{"speaker": "Maire", "text": "Bonjour."}, {"speaker": "Élue", "text": "Merci."}]
    lines = of_text(tmp_path, "\n\n".join(json.dumps(each) for each in said), "débat.jsonl")
    assert [each.anchor.paragraph for each in of(tmp_path, said).segments] == [1, 2]
    assert [each.anchor.line for each in lines.segments] == [1, 3]


def test_a_time_that_means_nothing_loses_no_words(tmp_path: Path) -> None:
    said = [{"start": 5, "end": 2, "text": "Bonjour à tous."}, {"start": 6, "end": 8, "text": "Merci."}]
    document = of(tmp_path, {"segments": said})
    assert turns(document)[0] == (None, None, None, "Bonjour à tous.")
    assert any("minutage" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ('{"segments":[{"speaker":"A","text":"bonjour"},{"spea', "ligne 1, colonne 48"),
        ('{"text": "un"}\n{"text": }\n', "ligne 2, colonne 10"),
        ("[" * 100_000 + "]" * 100_000, "trop imbriquée"),
        ('{"n":' + "9" * 10_000 + "}", "aucune parole"),
        ('{"scripts": {"build": "make"}, "version": "1.0"}', "aucune parole"),
        ("3", "aucune parole"),
    ],
)
def test_json_that_cannot_be_taken_in_is_refused_in_french(tmp_path: Path, text: str, cause: str) -> None:
    with pytest.raises(UnreadableDocument, match=cause):
        of_text(tmp_path, text)


def test_odd_values_are_passed_over(tmp_path: Path) -> None:
    document = of_text(tmp_path, '{"start": NaN, "end": 1e999, "text": "avant \\ud800 après", "text": "second tour"}')
    assert (document.text, document.segments[0].anchor.start_s) == ("second tour", None)
    assert "deux fois" in document.warnings[0]


def test_a_text_file_that_holds_json_is_read_as_json(tmp_path: Path) -> None:
    assert of_text(tmp_path, ' [{"text": "Bonjour."}]', "débat.txt").text == "Bonjour."
