"""The vector index on both sides of the size where it changes type, on clouds of vectors that a seed makes."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from kb.store import Vectors, snapshots
from kb.store.cells import EXACT_UP_TO, learnt_from
from kb.store.vectors import Moments, VectorIndex

DIMENSIONS = 32
LARGE = 120_000
Keys = NDArray[np.int64]


@pytest.fixture(scope="module")
def large() -> VectorIndex:
    """Of `clouds(LARGE)`; not to be changed."""
    return filled(clouds(LARGE), numbered(LARGE))


@pytest.fixture
def copied(large: VectorIndex, tmp_path: Path) -> VectorIndex:
    """The same, to be changed."""
    snapshots.save(large, tmp_path, "t", 1)
    return snapshots.latest(tmp_path, "t", DIMENSIONS, 1)[0]


def clouds(n: int, seed: int = 1) -> Vectors:
    dice = np.random.default_rng(seed)
    themes = np.random.default_rng(0).standard_normal((300, DIMENSIONS))
    found = themes[dice.integers(0, len(themes), n)] + 0.6 * dice.standard_normal((n, DIMENSIONS))
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found.astype(np.float16).astype(np.float32)  # as the rows keep them


def numbered(n: int, first: int = 1) -> Keys:
    return np.arange(first, first + n, dtype=np.int64)


def filled(vectors: Vectors, keys: Keys, part: int = 20_000) -> VectorIndex:
    index = VectorIndex.empty(DIMENSIONS)
    for start in range(0, len(keys), part):
        index.add(keys[start : start + part], vectors[start : start + part])
        index.settle()
    return index


def truth(vectors: Vectors, keys: Keys, question: Vectors, k: int) -> list[int]:
    return [int(key) for key in keys[np.argsort(-(vectors @ question), kind="stable")[:k]]]


def found(index: VectorIndex, question: Vectors, k: int, among: Keys | None = None) -> list[int]:
    return [key for key, _ in index.search(question, k, among)]


def recall(index: VectorIndex, vectors: Vectors, keys: Keys, among: Keys | None = None) -> float:
    kept = np.ones(len(keys), dtype=bool) if among is None else np.isin(keys, among)
    shares = [
        len(set(found(index, q, 10, among)) & set(truth(vectors[kept], keys[kept], q, 10))) / 10
        for q in clouds(50, seed=2)
    ]
    return float(np.mean(shares))


@pytest.mark.parametrize(
    ("n", "expected"),
    [(0, 0), (100_000, 0), (100_001, 100_000), (400_000, 100_000), (400_001, 400_000), (1_600_001, 1_600_000)],
)
def test_cells_are_learnt_beyond_a_size_and_again_each_time_it_is_four_times_larger(n: int, expected: int) -> None:
    assert learnt_from(n) == expected


def test_a_small_index_compares_all() -> None:
    vectors, keys = clouds(500), numbered(500)
    index = filled(vectors, keys)
    assert index.cells is None
    assert recall(index, vectors, keys) == 1.0


def test_a_large_index_has_cells_and_finds_nearly_all(large: VectorIndex) -> None:
    assert large.kind.startswith("IVF1024")
    assert recall(large, clouds(LARGE), numbered(LARGE)) >= 0.98


@pytest.mark.parametrize("share", [0.02, 0.9])
def test_a_filter_keeps_only_its_own_and_loses_few(share: float, large: VectorIndex) -> None:
    among = np.flatnonzero(np.random.default_rng(3).random(LARGE) < share) + 1
    assert (len(among) > EXACT_UP_TO) == (share > 0.5)
    assert set(found(large, clouds(1, seed=2)[0], 200, among)) <= set(among.tolist())
    assert recall(large, clouds(LARGE), numbered(LARGE), among) >= (0.98 if share > 0.5 else 1.0)


def test_as_many_as_asked_come_back_even_if_the_cells_propose_fewer(large: VectorIndex) -> None:
    question = clouds(1, seed=2)[0]
    few = large.cells.propose(question, 100_000, None, 1.0) if large.cells else ()
    assert len(few) < 100_000 == len(found(large, question, 100_000))


@pytest.mark.parametrize("among", [[0, 3, 7, 900], [900], []])
def test_keys_that_are_not_in_are_not_found(among: list[int]) -> None:
    index = filled(clouds(10), numbered(10))
    expected = {key for key in among if 1 <= key <= 10}
    assert set(found(index, clouds(1)[0], 10, np.array(among, dtype=np.int64))) == expected


def test_a_cosine_is_the_same_number_however_the_passage_was_found(large: VectorIndex) -> None:
    question = clouds(1, seed=2)[0]
    by_cells = dict(large.search(question, 20, None))
    alone = dict(large.search(question, 5, np.array(sorted(by_cells)[:5])))
    assert {key: by_cells[key] for key in alone} == alone
    assert large.similarities(question, list(by_cells)) == by_cells


def test_removed_vectors_are_not_found_and_leave_the_others_right(copied: VectorIndex) -> None:
    vectors, keys = clouds(LARGE), numbered(LARGE)
    copied.remove([(11, 30), (4000, 4100), (900_000, 900_001)])
    left = (keys < 11) | ((keys > 30) & (keys < 4000)) | (keys > 4100)
    assert recall(copied, vectors[left], keys[left]) >= 0.98
    assert copied.keys.tolist() == keys[left].tolist()
    assert len(copied.cells or ()) == len(copied) == left.sum()


def test_the_background_forgets_what_was_removed() -> None:
    vectors, keys = clouds(500), numbered(500)
    index = filled(vectors, keys)
    index.remove([(101, 500)])
    question = clouds(1, seed=2)[0]
    products = (vectors[:100] @ question).astype(np.float64)
    assert index.background(question) == pytest.approx((products.mean(), products.std()), abs=1e-6)


def test_vectors_added_after_cells_were_learnt_are_found_at_once(copied: VectorIndex) -> None:
    copied.add(numbered(20, first=LARGE + 1), clouds(20, seed=5))
    assert found(copied, clouds(20, seed=5)[7], 1) == [LARGE + 8]


def test_an_index_that_grew_and_one_made_at_once_answer_alike(large: VectorIndex) -> None:
    grown = filled(clouds(LARGE), numbered(LARGE), part=7000)
    for question in clouds(20, seed=2):
        assert grown.search(question, 50, None) == large.search(question, 50, None)


def test_cells_are_dropped_where_few_vectors_are_left(copied: VectorIndex) -> None:
    copied.remove([(1, 60_000)])
    copied.settle()
    assert copied.cells is not None
    copied.remove([(1, 80_000)])
    copied.settle()
    assert copied.cells is None
    assert len(found(copied, clouds(1)[0], 10)) == 10


def test_adding_a_few_does_not_copy_all_the_keys() -> None:
    index = filled(clouds(100), numbered(100))
    index.add(numbered(1, first=101), clouds(1))
    before = index.keys
    index.add(numbered(1, first=102), clouds(1))
    assert np.shares_memory(before, index.keys)


def test_a_snapshot_answers_as_the_index_it_was_made_of(large: VectorIndex, copied: VectorIndex) -> None:
    question = clouds(1, seed=2)[0]
    assert copied.kind == large.kind
    assert copied.search(question, 50, None) == large.search(question, 50, None)
    assert copied.background(question) == large.background(question)


@pytest.mark.parametrize("damage", ["lost", "altered"])
def test_a_snapshot_whose_cells_are_lost_or_altered_is_refused(
    damage: str, large: VectorIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    snapshots.save(large, tmp_path, "t", 3)
    file = next(tmp_path.glob("*.cells"))
    if damage == "lost":
        file.unlink()
    else:
        raw = bytearray(file.read_bytes())
        raw[len(raw) // 2] ^= 255
        file.write_bytes(raw)
    index, revision = snapshots.latest(tmp_path, "t", DIMENSIONS, 3)
    assert (len(index), revision) == (0, 0)
    assert "l’index du sens est reconstruit" in caplog.text


def test_a_snapshot_of_the_version_before_is_refused(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    flat = faiss.IndexFlatIP(DIMENSIONS)
    flat.add(clouds(10))
    file = tmp_path / "vectors-t-3.faiss"
    faiss.write_index(flat, str(file))
    moments = Moments.zero(DIMENSIONS)
    counts = np.array([10, snapshots._checksum(file)])
    np.savez(file.with_suffix(".npz"), keys=numbered(10), counts=counts, sum=moments.sum, scatter=moments.scatter)
    assert snapshots.latest(tmp_path, "t", DIMENSIONS, 3)[1] == 0
    assert "une autre version du programme" in caplog.text
