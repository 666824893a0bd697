"""The real model on a set small enough to judge by eye."""

import gzip
import json
from pathlib import Path

import pytest

from kb.domain import Mode
from kb.errors import KbError
from kb.evaluate import evaluate
from kb.settings import settings

PASSAGES = {
    "p1": "Le réseau de chaleur alimente les logements sociaux du quartier.",
    "p2": "La mairie a ouvert un guichet pour aider les habitants avec Internet.",
    "p3": "Les commerces du centre-ville ferment à cause des loyers.",
}
QUERIES = {"q1": "chauffage urbain des HLM", "q2": "accompagnement au numérique", "q3": "boutiques vides"}


def write(folder: Path, *, zipped: bool) -> Path:
    folder.mkdir()
    for name, rows in (("corpus", PASSAGES), ("queries", QUERIES)):
        lines = "\n".join(json.dumps({"_id": i, "title": "", "text": t}) for i, t in rows.items()).encode()
        path = folder / f"{name}.jsonl{'.gz' * zipped}"
        path.write_bytes(gzip.compress(lines) if zipped else lines)
    pairs = "\n".join(f"q{i}\tp{i}\t1" for i in (1, 2, 3))
    (folder / "qrels.tsv").write_text(f"query-id\tcorpus-id\tscore\n{pairs}\n")
    return folder


@pytest.mark.parametrize("zipped", [True, False])
def test_paraphrases_are_found_by_meaning_with_perfect_scores(tmp_path: Path, zipped: bool) -> None:
    scores = evaluate(write(tmp_path / "set", zipped=zipped), settings(), mode=Mode.MEANING)
    assert scores.measures == dict.fromkeys(scores.measures, 1.0)
    assert (scores.set, scores.queries, scores.passages) == ("set", 3, 3)


def test_words_alone_miss_what_shares_no_word(tmp_path: Path) -> None:
    scores = evaluate(write(tmp_path / "set", zipped=False), settings(), mode=Mode.WORDS)
    assert scores.measures["success@1"] == 0.0


def test_fewer_queries_may_be_asked(tmp_path: Path) -> None:
    assert evaluate(write(tmp_path / "set", zipped=False), settings(), limit=2).queries == 2


def test_a_folder_that_is_no_set_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(KbError, match=r"corpus\.jsonl"):
        evaluate(tmp_path, settings())
