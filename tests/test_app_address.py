from __future__ import annotations

from contextlib import suppress
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.domain import DocumentType, Filters, Mode
from kb.errors import InvalidQuery
from kb.ui.address import MOST_SHOWN, PAGE_SIZE, Asked, day, link, read, write

NAMES = ("q", "saison", "type", "du", "au", "mode", "n", "theme", "document", "glossaire")

texts = st.text(min_size=1, max_size=20).map(lambda t: " ".join(t.split())).filter(bool)
many = st.lists(texts, max_size=3, unique=True).map(tuple)
filters = st.builds(
    Filters,
    seasons=st.lists(st.integers(0, 99), max_size=3, unique=True).map(tuple),
    sessions=many,
    speakers=many,
    types=st.lists(st.sampled_from(DocumentType), max_size=3, unique=True).map(tuple),
    themes=many,
    since=st.none() | st.dates(date(1900, 1, 1)),
    until=st.none() | st.dates(date(1900, 1, 1)),
    documents=many,
)
anything = st.builds(
    Asked,
    question=texts | st.just(""),
    filters=filters,
    mode=st.sampled_from(Mode),
    shown=st.integers(PAGE_SIZE, MOST_SHOWN),
    is_wide=st.booleans(),
)


@given(anything)
def test_what_is_written_in_an_address_is_read_back(asked: Asked) -> None:
    assert read(write(asked)) == asked


@given(anything)
def test_a_link_carries_the_whole_state(asked: Asked) -> None:
    assert read(parse_qs(urlsplit(link(asked)).query)) == asked


def test_nothing_asked_is_the_bare_address() -> None:
    assert link(Asked()) == "./"


@given(st.dictionaries(st.sampled_from(NAMES), st.lists(st.text())))
def test_an_address_made_of_anything_is_read_or_refused(parameters: dict[str, list[str]]) -> None:
    with suppress(InvalidQuery):
        assert isinstance(read(parameters), Asked)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("13/04/2021", date(2021, 4, 13), date(2021, 4, 13)),
        ("2021-04-13", date(2021, 4, 13), date(2021, 4, 13)),
        ("02/2020", date(2020, 2, 1), date(2020, 2, 29)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
        ("11 février 2020", date(2020, 2, 11), date(2020, 2, 11)),
        ("1er Fev. 2020", date(2020, 2, 1), date(2020, 2, 1)),
        ("février 2020", date(2020, 2, 1), date(2020, 2, 29)),
        ("11.02.2020", date(2020, 2, 11), date(2020, 2, 11)),
        ("1/2/20", date(2020, 2, 1), date(2020, 2, 1)),
        ("", None, None),
    ],
)
def test_a_date_is_read_as_people_write_it(written: str, first: date | None, last: date | None) -> None:
    assert (day(written), day(written, to_end=True)) == (first, last)


@pytest.mark.parametrize(
    "written", ["hier", "31/02/2021", "13/13/2021", "13/2021", "0000", "3 ju 2020", "31 février 2020", "٢٠٢١"]
)
def test_what_is_no_date_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(InvalidQuery, match="13/04/2021"):
        day(written, to_end=True)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"saison": ["abc"]}, "abc"),
        ({"type": ["roman"]}, "roman"),
        ({"mode": ["magie"]}, "magie"),
        ({"glossaire": ["non"]}, "non"),
    ],
)
def test_a_value_that_means_nothing_is_named(parameters: dict[str, list[str]], said: str) -> None:
    with pytest.raises(InvalidQuery, match=said):
        read(parameters)


def test_a_number_of_passages_is_brought_to_what_the_page_allows() -> None:
    assert [read({"n": [n]}).shown for n in ("3", "30", "9999999999", "x")] == [PAGE_SIZE, 30, PAGE_SIZE, PAGE_SIZE]
