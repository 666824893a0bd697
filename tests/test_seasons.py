"""A question asked of each season apart."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kb.catalogue import Catalogue
from kb.catalogue.golden import read_golden
from kb.domain import PUBLIC, STAFF, Visibility
from kb.errors import InvalidQuery
from kb.library import Library
from kb.search.seasons import Standing, by_season, spread, standing
from kb.settings import Settings
from kb.store import Scope
from kb.store.local import LocalStore
from tests.conftest import LetterEncoder, make_record, put


@pytest.fixture
def library(store: LocalStore, tmp_path: Path) -> Library:
    put(
        store,
        make_record("un", "le pont est fermé", "le pont rouvre demain", "le pont est vieux", season=1),
        make_record("deux", "le pont est en bois", season=1),
        make_record("trois", "la rue est large", season=2),
        make_record("secret", "le pont secret", season=2, visibility=Visibility.STAFF),
    )
    return Library(Settings(corpus=tmp_path), Catalogue(tmp_path, {}, {}, {}, (), {}, {}), store, LetterEncoder())


def test_each_season_gives_passages_of_its_own_in_the_order_asked(library: Library) -> None:
    found = by_season(library, "pont", viewer=PUBLIC, seasons=(2, 1))
    assert [each.season for each in found] == [2, 1]
    assert [{hit.document.season for hit in each.hits} for each in found] == [{2}, {1}]


def test_what_is_shown_of_a_season_comes_from_as_many_documents_as_can_be(library: Library) -> None:
    (found,) = by_season(library, "pont", viewer=PUBLIC, seasons=(1,), k=2)
    assert {hit.document.id for hit in found.hits} == {"un", "deux"}


def test_hits_stay_in_their_order_however_they_are_spread(library: Library) -> None:
    (found,) = by_season(library, "pont", viewer=PUBLIC, seasons=(1,))
    scores = [hit.score for hit in spread(found.results.hits, 3)]
    assert scores == sorted(scores, reverse=True)


def test_a_season_shows_nothing_that_its_reader_may_not_see(library: Library) -> None:
    (found,) = by_season(library, "pont secret", viewer=PUBLIC, seasons=(2,))
    assert "secret" not in [hit.document.id for hit in found.hits]


def test_a_question_that_means_nothing_is_refused(library: Library) -> None:
    with pytest.raises(InvalidQuery):
        by_season(library, "-pont", viewer=PUBLIC, seasons=(1,))


@pytest.mark.parametrize(
    ("likelihood", "best", "expected"),
    [
        (0.9, 0.9, Standing.COVERED),
        (0.2, 0.9, Standing.DOUBTFUL),
        (0.06, 0.07, Standing.DOUBTFUL),
        (0.06, 0.9, Standing.ABSENT),
        (0.01, 0.01, Standing.ABSENT),
    ],
)
def test_a_season_is_judged_by_itself_and_beside_the_best(likelihood: float, best: float, expected: Standing) -> None:
    assert standing(likelihood, best) is expected


def test_the_season_that_holds_a_golden_answer_is_not_called_silent_and_the_others_are(demo: Library) -> None:
    season_of = {document.path: document.season for document in demo.store.documents(Scope(STAFF))}
    said: Counter[tuple[bool, Standing]] = Counter()
    for question in read_golden(demo.corpus):
        if question.document:
            for each in by_season(demo, question.question, viewer=STAFF, seasons=(1, 2, 3)):
                said[each.season == season_of[question.document], each.standing] += 1
    held, others = (sum(n for (home, _), n in said.items() if home is answers) for answers in (True, False))
    assert said[True, Standing.ABSENT] <= 0.04 * held
    assert said[False, Standing.COVERED] <= 0.02 * others
    assert said[False, Standing.ABSENT] >= 0.9 * others
