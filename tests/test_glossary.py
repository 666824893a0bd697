"""The glossary: how staff write it, what is refused, and which terms a question names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kb import french
from kb.catalogue import read_catalogue
from kb.catalogue.glossary import FILE, Related, Term, widened
from kb.ingest import ingest
from kb.library import open_library
from kb.settings import ROOT, Settings
from tests.conftest import LetterEncoder

TERMS = read_catalogue(ROOT / "corpus").terms
SPL = '[[terms]]\nterm = "SPL"\ndefinition = "Une société."\n'
SEM = '[[terms]]\nterm = "SEM"\ndefinition = "Une autre."\n'


def write(corpus: Path, toml: str) -> Path:
    (corpus / FILE).write_text(toml, encoding="utf-8")
    return corpus


def beside(question: str, terms: tuple[Term, ...] = TERMS) -> list[str]:
    return [related.term for related in widened(terms, french.forms(question))]


def asked(question: str, terms: tuple[Term, ...] = TERMS) -> list[str]:
    return list(dict.fromkeys(related.asked for related in widened(terms, french.forms(question))))


def test_a_corpus_without_a_glossary_has_no_terms(tmp_path: Path) -> None:
    catalogue = read_catalogue(tmp_path)
    assert (catalogue.terms, dict(catalogue.problems)) == ((), {})


def test_a_term_is_read_with_what_staff_left_out(tmp_path: Path) -> None:
    assert read_catalogue(write(tmp_path, SPL)).terms == (Term("SPL", None, "Une société.", (), ()),)


def test_a_term_is_read_with_all_that_staff_may_say_and_related_terms_as_they_write_themselves(tmp_path: Path) -> None:
    more = 'expansion = "société publique locale"\nrelated = ["sem"]\naliases = ["société locale"]\n'
    terms = read_catalogue(write(tmp_path, SPL + more + SEM)).terms
    assert terms[0] == Term("SPL", "société publique locale", "Une société.", ("SEM",), ("société locale",))


def test_only_the_glossary_at_the_root_of_the_corpus_counts(tmp_path: Path) -> None:
    (tmp_path / "seance").mkdir()
    write(tmp_path / "seance", SPL)
    assert read_catalogue(tmp_path).terms == ()


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("terms = ", "glossary.toml : ce fichier TOML est mal formé"),
        ('[[term]]\nterm = "SPL"', "glossary.toml : champ inconnu « term » ; champs possibles : terms."),
        ('terms = "SPL"', "« terms » doit être une liste de tables, chacune sous [[terms]]"),
        ('[[terms]]\ndefinition = "x"', "terme n°\u00a01 : chaque [[terms]] doit avoir un « term »"),
        ('[[terms]]\nterm = ""', "terme n°\u00a01 : chaque [[terms]] doit avoir un « term »"),
        ('[[terms]]\nterm = " & "', "terme n°\u00a01 : « term » ne contient aucun mot. Écrivez-le, ou retirez-le."),
        ("[[terms]]\nterm = 3", "terme n°\u00a01 : « term » doit être un texte entre guillemets"),
        ('[[terms]]\nterm = "SPL"', "terme n°\u00a01 (« SPL ») : chaque [[terms]] doit avoir un « definition »"),
        (SPL.replace("Une société.", " "), "(« SPL ») : « definition » ne contient aucun mot"),
        (SPL + "expansion = true", "(« SPL ») : « expansion » doit être un texte"),
        (SPL + 'expansion = ""', "(« SPL ») : « expansion » ne contient aucun mot. Écrivez-le, ou retirez-le."),
        (SPL + 'aliases = ["…"]', "(« SPL ») : « aliases » ne contient aucun mot"),
        (SPL + 'related = "SEM"', "(« SPL ») : « related » doit être une liste de textes"),
        (SPL + "aliases = [1]", "(« SPL ») : « aliases » doit être une liste de textes"),
        (SPL + 'expension = "x"', "terme n°\u00a01 : champ inconnu « expension » ; champs possibles : term, expansion"),
        (
            SEM + SPL + 'related = ["SMEOP"]',
            "n°\u00a02 (« SPL ») : « related » renvoie à « SMEOP », qui n’est pas dans",
        ),
        (SPL + 'related = [""]', "Corrigez-le, ajoutez ce terme sous [[terms]], ou mettez-le dans « aliases »"),
        (SPL + SPL.replace("SPL", "S.P.L."), "n°\u00a02 (« S.P.L. ») : « S.P.L. » nomme déjà un autre terme (glossary"),
        (
            SPL + SEM + 'aliases = ["spl"]',
            "« spl » nomme déjà un autre terme (glossary.toml, terme n°\u00a01 (« SPL »))",
        ),
        (SPL + SEM + 'expansion = "SPL"', "Retirez l’un des deux, ou donnez-leur des noms différents."),
    ],
)
def test_what_is_wrong_is_named_with_its_term_and_the_way_out(tmp_path: Path, toml: str, named: str) -> None:
    catalogue = read_catalogue(write(tmp_path, toml))
    assert catalogue.terms == ()
    assert catalogue.problems[FILE].startswith(FILE)
    assert named in catalogue.problems[FILE]


def test_a_glossary_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(SPL.encode("latin-1"))
    assert "n’est pas en UTF-8" in read_catalogue(tmp_path).problems[FILE]


def test_a_broken_glossary_is_told_by_an_ingest_and_holds_no_document_back(corpus: Path, config: Settings) -> None:
    write(corpus, SPL + SPL)
    library = open_library(config, LetterEncoder())
    report = ingest(library)
    assert [note.file for note in report.refused] == [FILE]
    assert "texte-egare.txt" in report.accepted


def test_an_edited_glossary_makes_no_document_be_read_again(corpus: Path, config: Settings) -> None:
    library = open_library(config, LetterEncoder())
    taken = ingest(library).accepted
    write(corpus, SPL)
    report = ingest(library)
    assert [term.term for term in library.catalogue.terms] == ["SPL"]
    assert (sorted(report.unchanged), report.accepted, report.replaced) == (sorted(taken), [], [])


def test_the_glossary_of_the_corpus_is_sound() -> None:
    assert FILE not in read_catalogue(ROOT / "corpus").problems
    assert {"SEM", "SPL", "SEMOP", "illectronisme"} <= {term.term for term in TERMS}


@pytest.mark.parametrize("name", [name for term in TERMS for name in term.names])
def test_each_term_of_the_corpus_is_found_by_each_of_its_names_and_no_other_is(name: str) -> None:
    assert asked(name) == [name]
    assert asked(f"Que dit-on de l’{name.upper()} à Lyon ?") == [name]


def test_an_acronym_brings_its_expansion_then_its_related_terms() -> None:
    assert widened(TERMS, french.forms("une SPL rurale")) == (
        Related("SPL", "société publique locale"),
        Related("SPL", "Epl"),
        Related("SPL", "quasi-régie"),
        Related("SPL", "SPLA"),
    )


def test_an_expansion_brings_its_acronym() -> None:
    assert beside("société publique locale")[0] == "SPL"


def test_a_name_brings_the_former_one() -> None:
    assert beside("les aides de l’ADEME")[:2] == [
        "Agence de la transition écologique",
        "Agence de l’environnement et de la maîtrise de l’énergie",
    ]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("S.P.L.", "SPL"),
        ("les SPLs du littoral", "SPL"),
        ("SOCIETES PUBLIQUES LOCALES", "société publique locale"),
        ("les sociétés d’économie mixtes", "société d’économie mixte"),
        ("deux régies", "régie"),
        ("une conseillère numérique en mairie", "conseiller numérique"),
        ("des plans climat-air-énergie territoriaux", "plan climat-air-énergie territorial"),
        ("une opération de revitalisation du territoire", "opération de revitalisation de territoire"),
        ("délégation service public", "délégation de service public"),
        ("sous-stations", "sous-station"),
        ("tout le très haut débit", "très haut débit"),
    ],
)
def test_number_gender_dots_and_small_words_do_not_hide_a_term(question: str, name: str) -> None:
    assert asked(question) == [name]


@pytest.mark.parametrize(
    "question",
    [
        "il était une fois",
        "semer le doute, on sème",
        "les textes qui régissent les communes, régis par la loi",
        "un conseil numérique, un conseil en numérique",
        "le vélo sous la station",
        "le haut débit",
        "un réseau qui n’a pas trop de chaleur",
        "les services de France",
        "que font-ils de la ville ?",
        "",
        "…",
    ],
)
def test_what_only_resembles_a_term_names_none(question: str) -> None:
    assert asked(question) == []


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("SPLA", "SPLA"),
        ("société publique locale d’aménagement", "société publique locale d’aménagement"),
        ("sociétés d’économie mixte à opération unique", "société d’économie mixte à opération unique"),
        ("quasi-régie", "quasi-régie"),
        ("conseiller numérique France Services", "conseiller numérique France Services"),
    ],
)
def test_the_longest_name_wins(question: str, name: str) -> None:
    assert asked(question) == [name]


def test_the_longest_name_wins_even_when_a_shorter_one_begins_before_it() -> None:
    terms = tuple(Term(term, None, "…", ("Epl",)) for term in ("plan de relance", "relance du logement social"))
    assert asked("le plan de relance du logement social", terms) == ["relance du logement social"]


def test_terms_stand_in_the_order_of_the_question_each_once() -> None:
    found = widened(TERMS, french.forms("SEM, illectronisme et SEM"))
    assert list(dict.fromkeys(related.asked for related in found)) == ["SEM", "illectronisme"]
    assert len({related.term for related in found}) == len(found)


def test_what_the_question_says_already_is_not_looked_for_beside_it() -> None:
    assert beside("SEM ou sociétés d’économie mixte, SPL et SEMOP")[0] == "Epl"
    assert {"SEM", "SPL", "SEMOP"}.isdisjoint(beside("SEM, SPL ou SEMOP ?"))


def test_a_name_written_twice_is_looked_for_once() -> None:
    assert beside("illectronisme", (Term("illectronisme", "fracture", "…", aliases=("Fracture",)),)) == ["fracture"]


def test_an_acronym_that_is_a_small_word_is_only_found_by_its_expansion_and_never_looked_for() -> None:
    terms = (Term("SI", "système d’information", "…", ("ANSSI",)), Term("ANSSI", None, "…"))
    assert beside("si la commune est d’accord", terms) == []
    assert beside("le système d’information", terms) == ["ANSSI"]


def test_small_words_at_the_ends_of_a_name_are_part_of_it() -> None:
    terms = (Term("maisons pour tous", None, "…", ("Epl",)),)
    assert (asked("les maisons de la ville", terms), asked("une maison pour tous", terms)) == (
        [],
        ["maisons pour tous"],
    )


@settings(deadline=None)
@given(some.lists(some.sampled_from([*(name for term in TERMS for name in term.names), "de", "la", "eau"]), max_size=8))
def test_whatever_the_question_nothing_is_said_twice(parts: list[str]) -> None:
    forms = french.forms(" ".join(parts))
    found = [related.term for related in widened(TERMS, forms)]
    assert len(set(found)) == len(found)
    spaced = f" {' '.join(forms)} "
    assert [term for term in found if f" {' '.join(french.forms(term))} " in spaced] == []
