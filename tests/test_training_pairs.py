"""Pairs, noise and batches: what training is shown, and what it must not see."""

from __future__ import annotations

import gzip
import json
import math
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kb.errors import KbError
from kb.french import stems
from training.batches import batches, neighbours
from training.card import sources
from training.noise import FILLERS, hesitant, noisy, unpunctuated
from training.pairs import Kind, Pair, answered, asked, cloze, make_pairs, stream, texts, told, turns
from training.phrases import phrases, rarity
from training.sets import Row, TrainingSet, dated, read_sets

ASKED = "Vous le savez. Comptez-vous, monsieur le ministre, ouvrir un guichet dans chaque commune rurale ?"
REPLY = "Un guichet ouvrira dans chaque canton. L’État en paiera la moitié, et les communes le reste. C’est dit."


def row(identifier: str, text: str, **more: Any) -> Row:
    return Row(identifier, text, more.pop("document", identifier), **more)


EXCHANGE = (
    row("d1_0", "Je parle du guichet.", document="d1", speaker="Mme A"),
    row("d1_1", ASKED, document="d1", speaker="Mme A"),
    row("d1_2", REPLY, document="d1", speaker="M. B"),
)


def write_set(folder: Path, dates: dict[str, str], *, licence: str = "MIT.") -> Path:
    """A set of one passage and one query a name, dated."""
    folder.mkdir()
    for file, prefix in (("corpus", "p"), ("queries", "q")):
        rows = [{"_id": prefix + name, "text": f"texte {name}", "date": day} for name, day in dates.items()]
        (folder / f"{file}.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    pairs = "".join(f"q{name}\tp{name}\t1\n" for name in dates)
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{pairs}")
    (folder / "README.md").write_text(f"# Un jeu\n\nLicence: {licence}\n")
    return folder


# --- the date limit ----------------------------------------------------------------------------------------


def test_the_last_day_is_seen_and_the_next_is_not() -> None:
    rows = [row("a", "x", date="2018-12-31"), row("b", "x", date="2019-01-01")]
    assert [r.id for r in dated(rows, date(2018, 12, 31))] == ["a"]


def test_what_has_no_date_is_not_seen_when_there_is_a_limit() -> None:
    assert dated([row("a", "x")], date(2018, 12, 31)) == []


def test_without_a_limit_everything_is_seen() -> None:
    assert len(dated([row("a", "x"), row("b", "x", date="2019-01-01")], None)) == 2


def test_nothing_of_a_later_year_is_in_what_is_read(tmp_path: Path) -> None:
    data = read_sets([write_set(tmp_path / "jeu", {"1": "2018-03-01", "2": "2019-03-01"})], date(2018, 12, 31))
    assert [p.id for p in data.passages] == ["jeu/p1"]
    assert list(data.queries) == ["jeu/q1"]
    assert data.relevant == (("jeu/q1", "jeu/p1"),)


def test_nothing_of_2019_is_in_the_pairs_of_question_time(shared: Path) -> None:
    folders = [shared / "eval" / f"qag15_{name}_2017-2019" for name in ("answers", "titles")]
    seen = read_sets(folders, date(2018, 12, 31))
    later = {r.document for r in read_sets(folders).passages if r.date >= "2019"}
    assert later
    assert not later & {pair.document for pair in make_pairs(seen, random.Random(1))}


def test_a_limit_that_leaves_nothing_is_told(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "jeu", {"1": "2019-03-01"})
    with pytest.raises(KbError, match="Aucun passage jusqu’au 2018-12-31"):
        read_sets([folder], date(2018, 12, 31))


def test_two_sets_may_use_one_id_for_two_questions(tmp_path: Path) -> None:
    folders = [write_set(tmp_path / name, {"1": "2018-01-01"}) for name in ("a", "b")]
    assert len(read_sets(folders).queries) == 2


def test_two_sets_may_use_one_id_for_two_passages(tmp_path: Path) -> None:
    folders = [write_set(tmp_path / name, {"1": "2018-01-01"}) for name in ("a", "b")]
    (folders[1] / "corpus.jsonl.gz").write_bytes(gzip.compress(b'{"_id": "p1", "text": "un autre texte"}'))
    data = read_sets(folders)
    assert [p.text for p in data.passages] == ["texte 1", "un autre texte"]
    assert data.relevant == (("a/q1", "a/p1"), ("b/q1", "b/p1"))


def test_a_passage_of_two_sets_is_held_once(tmp_path: Path) -> None:
    folders = [write_set(tmp_path / name, {"1": "2018-01-01"}) for name in ("a", "b")]
    data = read_sets(folders)
    assert [p.id for p in data.passages] == ["a/p1"]
    assert data.relevant == (("a/q1", "a/p1"), ("b/q1", "a/p1"))


def test_the_licence_is_the_one_the_set_states(tmp_path: Path) -> None:
    folder = write_set(tmp_path / "jeu", {"1": "2018-01-01"}, licence="Licence Ouverte 2.0")
    assert sources([folder], None)[0]["licence"] == "Licence Ouverte 2.0"


# --- pairs -------------------------------------------------------------------------------------------------


def test_a_query_that_asks_is_a_question_and_another_a_title() -> None:
    queries = {"1": row("1", "Où est le guichet ?"), "2": row("2", "Guichet communal")}
    data = TrainingSet((row("p", REPLY),), queries, (("1", "p"), ("2", "p")))
    assert [pair.kind for pair in asked(data)] == [Kind.QUESTION, Kind.TITLE]


def test_a_question_in_a_speech_goes_with_the_reply() -> None:
    (pair,) = (pair for pair in answered({"d1": EXCHANGE}) if pair.kind is Kind.QUESTION)
    assert (pair.query, pair.passage) == (ASKED.partition(". ")[2], REPLY)


def test_a_longer_sentence_of_who_asks_goes_with_the_reply() -> None:
    said = "Depuis trois ans les habitants de nos villages font quarante kilomètres pour déposer un simple dossier."
    exchange = (row("d1_0", said, document="d1", speaker="Mme A"), *EXCHANGE[1:])
    found = [pair for pair in answered({"d1": exchange}) if pair.kind is Kind.SPEECH]
    assert [(pair.query, pair.passage) for pair in found] == [(said, REPLY)]


def test_who_asks_nothing_gets_no_reply() -> None:
    rows = [row(str(i), REPLY, document="d", speaker=name) for i, name in enumerate(("Mme A", "M. B"))]
    assert list(answered({"d": rows})) == []


def test_a_phrase_goes_with_each_passage_of_its_document() -> None:
    mine = [row(f"d_{i}", f"Le guichet numérique communal, {word}.", document="d") for i, word in enumerate("ab")]
    found = list(told({"d": mine, "e": [row("e", "Une forêt de chênes.", document="e")]}))
    assert {(pair.query, pair.passage) for pair in found} == {("Guichet numérique communal", r.text) for r in mine}


# --- phrases -----------------------------------------------------------------------------------------------

GATES = ["Le plan de lutte contre les passoires thermiques avance. Les passoires thermiques coûtent cher.", "Bref."]
RARE = rarity([stems(GATES[0]), stems("Le plan avance."), stems("Il coûte cher.")])


def test_what_is_said_in_all_documents_is_not_rare() -> None:
    assert rarity([["eau", "bois"], ["eau"]]) == {"eau": 0.0, "bois": pytest.approx(math.log(2))}


def test_a_phrase_is_as_the_text_has_it() -> None:
    assert phrases(GATES, RARE, most=3) == ["Passoires thermiques"]


def test_a_phrase_ends_at_a_comma() -> None:
    assert phrases(["Des passoires, thermiques. Des passoires, thermiques."], RARE, most=3) == []


def test_no_more_phrases_than_asked() -> None:
    assert phrases(GATES, RARE, most=0) == []


def test_a_turn_is_the_end_of_a_speech_and_the_beginning_of_the_next() -> None:
    (pair,) = turns({"d1": EXCHANGE})
    assert (pair.query, pair.passage, pair.kind) == (ASKED, REPLY, Kind.TURN)


def test_passages_without_a_speaker_make_no_turn() -> None:
    assert list(turns({"d": [row("1", "un"), row("2", "deux")]})) == []


def test_the_passage_of_a_sentence_is_without_it() -> None:
    (pair,) = cloze([row("p", REPLY)], random.Random(1))
    assert pair.query in REPLY
    assert pair.query not in pair.passage


def test_the_rest_of_the_passage_is_whole() -> None:
    (pair,) = cloze([row("p", REPLY)], random.Random(1))
    assert sorted(f"{pair.query} {pair.passage}".split()) == sorted(REPLY.split())


def test_a_passage_of_two_sentences_is_left_whole() -> None:
    assert list(cloze([row("p", "Une phrase. Une autre.")], random.Random(1))) == []


def test_a_kind_gives_each_pair_once_before_any_comes_again() -> None:
    pairs = [Pair(str(i), "p", "d", Kind.TITLE) for i in range(5)]
    drawn = stream(pairs, random.Random(1))
    assert sorted(next(drawn).query for _ in range(5)) == ["0", "1", "2", "3", "4"]


def test_the_same_seed_draws_the_same_pairs() -> None:
    pairs = [Pair(str(i), "p", "d", kind) for i in range(9) for kind in Kind]
    first, second = (stream(pairs, random.Random(7)) for _ in range(2))
    assert [next(first) for _ in range(30)] == [next(second) for _ in range(30)]


def test_no_pairs_draw_nothing() -> None:
    assert list(stream([], random.Random(1))) == []


def test_without_noise_a_query_is_shown_as_it_stands() -> None:
    pair = Pair("Où ?", REPLY, "d", Kind.QUESTION, "Séance du 3 mai")
    shown = {texts(pair, variant, noise=0) for variant in range(20)}
    assert shown == {("Où ?", REPLY), ("Où ?", f"Séance du 3 mai {REPLY}")}


def test_a_text_is_shown_the_same_way_each_time() -> None:
    pair = Pair("Où ?", REPLY, "d", Kind.QUESTION, "Séance du 3 mai")
    assert [texts(pair, v, noise=0.5) for v in range(9)] == [texts(pair, v, noise=0.5) for v in range(9)]


# --- noise -------------------------------------------------------------------------------------------------


def test_a_recogniser_writes_neither_capitals_nor_punctuation() -> None:
    assert (
        unpunctuated("Monsieur Dupont, qu’est-ce ? L’eau – « la vraie »…") == "monsieur dupont qu’est-ce l’eau la vraie"
    )


def test_hesitations_keep_the_words_in_order() -> None:
    fillers = {word for filler in FILLERS for word in filler.split()}
    said = hesitant(" ".join(map(str, range(200))), random.Random(1)).split()
    assert [word for word in said if word not in fillers] == [str(i) for i in range(200)]
    assert len(said) > 200


def test_noise_is_the_same_for_the_same_seed() -> None:
    assert noisy(REPLY, random.Random(3)) == noisy(REPLY, random.Random(3))


# --- batches -----------------------------------------------------------------------------------------------

_WORDS = ("fibre optique débit", "eau potable réseau", "école cantine repas", "train gare quai", "forêt bois chêne")


def _many() -> TrainingSet:
    """Thirty exchanges, six on each of five subjects; the first two on the fibre have one subject heading."""
    rows = tuple(row(f"d{i}", f"{_WORDS[i % 5]} numero{i}") for i in range(30))
    headings = {str(i): row(str(i), "?", document=f"d{i}", topic="réseaux") for i in (0, 25)}
    return TrainingSet(rows, headings)


def test_neighbours_share_words() -> None:
    near = neighbours(_many())["d1"]
    assert near
    assert all(int(name[1:]) % 5 == 1 for name in near)


def test_an_exchange_is_no_neighbour_of_itself() -> None:
    assert all(name not in near for name, near in neighbours(_many()).items())


def test_exchanges_of_one_heading_are_no_neighbours() -> None:
    assert "d25" not in neighbours(_many())["d0"]


def test_a_batch_holds_a_pair_beside_one_of_a_neighbour() -> None:
    pairs = [Pair("q", "p", name, Kind.TITLE) for name in ("a", "b", "c", "d")]
    near = {"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}
    batch = next(batches(pairs, near, random.Random(1), size=4))
    assert [near[pair.document] for pair in batch[::2]] == [[pair.document] for pair in batch[1::2]]


def test_a_batch_is_of_the_asked_size() -> None:
    pairs = [Pair(str(i), "p", str(i), Kind.TITLE) for i in range(9)]
    assert len(next(batches(pairs, {"0": ["1"]}, random.Random(1), size=5))) == 5
