"""The pages of the sessions and of the people as Streamlit runs them, over a real memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb.domain import Anchor, Document, DocumentType, Hit, Passage, Why
from kb.encoder import Encoder
from kb.settings import ROOT, Settings, settings
from kb.ui.quotes import excerpt, is_prose
from tests.programme_room import HEAT, NEXT, furnish
from tests.reading_room import RESERVED

MAIN = ROOT / "kb" / "ui" / "main.py"


@pytest.fixture(scope="module", autouse=True)
def memory(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[Settings]:
    """The app opens this memory, once for all tests."""
    found = furnish(tmp_path_factory.mktemp("programme"), encoder)
    with pytest.MonkeyPatch.context() as patch:
        use(found.corpus, found.index, patch)
        yield found
    forget()


def use(corpus: Path, index: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("KB_CORPUS", str(corpus))
    patch.setenv("KB_INDEX", str(index))
    forget()


def forget() -> None:
    settings.cache_clear()
    st.cache_resource.clear()


def opened(file: str, **parameters: str) -> AppTest:
    """A page at an address."""
    app = AppTest.from_file(str(MAIN), default_timeout=30).run()
    app.query_params.clear()
    for name, value in parameters.items():
        app.query_params[name] = value
    return app.switch_page(file).run()


def seen(app: AppTest) -> str:
    """All the HTML of a page, non-breaking spaces as spaces; a page that fails is no page."""
    assert not app.exception
    return "\n".join(element.proto.body for element in app.get("html")).replace("\u00a0", " ")


def test_sessions_stand_under_the_question_of_their_season() -> None:
    page = seen(opened("sessions.py"))
    season = page[page.index('id="saison-2"') : page.index('id="saison-3"')]
    for said in ("À qui profite la transition ?", "11 février 2020", "2 documents", "4 passages", "4 intervenants"):
        assert said in season
    assert f'href="./seance?id={HEAT.replace("/", "%2F")}"' in season


def test_documents_of_no_session_are_listed_to_be_filed() -> None:
    assert "carnet" in seen(opened("sessions.py")).partition('id="a-classer"')[2].lower()


@pytest.mark.parametrize("file", ["sessions.py", "speakers.py"])
def test_what_is_reserved_is_on_no_list(file: str) -> None:
    page = seen(opened(file))
    assert "huis clos" not in page
    assert "Personne Réservée" not in page


def test_a_session_that_is_reserved_is_as_one_that_is_not_there() -> None:
    reserved, absent = (seen(opened("session.py", id=identifier)) for identifier in (RESERVED, "nulle-part"))
    assert reserved == absent
    assert "Cette séance n’est pas dans la mémoire" in absent


def test_each_guiding_question_has_the_words_of_the_session_that_answer_it() -> None:
    page = seen(opened("session.py", id=HEAT))
    answer = page[page.index("À quel prix un immeuble") : page.index("Quelle équipe gagnera")]
    assert "soixante-seize euros le mégawattheure" in answer
    assert '<cite class="who"><bdi>Martine Duval</bdi></cite>' in answer
    assert re.search(r'<a href="\./passage\?[^"]+">00:10 dans la transcription</a>', answer)
    assert 'href="./?q=%C3%80+quel+prix+un+immeuble' in answer
    assert "seance=season-2%2F2020-02-11-reseaux-de-chaleur" in answer


def test_the_announcement_does_not_answer_the_questions_that_it_asks() -> None:
    assert "Venez le dire" not in seen(opened("session.py", id=HEAT))


def test_a_question_that_the_session_does_not_answer_is_said_to_be_so() -> None:
    page = seen(opened("session.py", id=HEAT)).partition("Quelle équipe gagnera")[2]
    assert page.partition("Intervenants")[0].count("La séance n’y répond pas directement.") == 2


def test_a_session_to_come_says_that_nothing_is_there_yet() -> None:
    page = seen(opened("session.py", id=NEXT))
    assert "Ce qui s’y est dit n’est pas encore dans la mémoire." in page
    assert "Aucun document pour le moment." in page
    assert "Séance à venir &lt;i&gt;bientôt&lt;/i&gt;" in page


def test_a_registration_is_a_link_only_to_the_web() -> None:
    page = seen(opened("session.py", id=HEAT))
    assert 'href="https://exemple.fr/inscription?seance=1&amp;jour=11" rel="noreferrer noopener"' in page
    page = seen(opened("session.py", id=NEXT))
    assert "Inscription : javascript:alert(1)" in page
    assert 'href="javascript' not in page


def test_who_was_announced_and_not_heard_is_told_apart() -> None:
    page = seen(opened("session.py", id=HEAT))
    assert re.search(
        r"Jean Absent</bdi></a>[^/]*chercheur.{0,60}intervention annoncée, sans prise de parole retrouvée", page
    )


def test_people_are_listed_by_sphere_those_of_none_last() -> None:
    page = seen(opened("speakers.py"))
    assert re.findall(r'<h2 id="sphere-\d">([^<]+)', page) == [
        "Élus et collectivités",
        "Recherche",
        "État",
        "Sphère non précisée",
    ]
    assert page.count("Martine Duval") == 1
    assert "<b onclick" not in page
    assert "&lt;b onclick=alert(1)&gt;Nom piégé" in page


def test_a_person_is_found_by_a_part_of_a_name_or_of_a_role() -> None:
    app = opened("speakers.py", nom="presidente energie")
    page = seen(app)
    assert app.text_input(key="nom").value == "presidente energie"
    assert re.findall(r'<a href="\./intervenant\?nom=[^"]+"><bdi>([^<]+)', page) == ["Martine Duval"]
    app.text_input(key="nom").set_value("xylophone").run()
    assert "Aucun nom, rôle ni organisation ne contient ces mots." in seen(app)
    assert app.query_params["nom"] == ["xylophone"] or app.query_params["nom"] == "xylophone"


def test_the_page_of_a_person_has_their_words_and_nobody_else_s() -> None:
    page = seen(opened("speaker.py", nom="maire"))
    assert "décide du tracé" in page
    assert "les maisons sont trop loin" not in page
    assert '<input type="hidden" name="intervenant" value="Maire">' in page


def test_the_page_of_a_person_says_what_they_were_and_where_they_came() -> None:
    page = seen(opened("speaker.py", nom="La directrice de la SEM"))
    assert "<h1><bdi>Martine Duval</bdi>" in page
    assert "directrice, SEM d’énergie · 2020" in page
    assert "présidente, Agence de l’énergie · 2021" in page
    assert "plusieurs personnes" not in page


def test_a_role_of_several_organisations_may_be_several_people() -> None:
    page = seen(opened("speaker.py", nom="Maire d’une commune rurale"))
    assert "Ce nom ou ce rôle est peut-être celui de plusieurs personnes : voyez l’organisation" in page
    assert re.findall(r"<h3>[^\n]*?(commune de \d+ habitants)</span></h3>", page)[0] == "commune de 620 habitants"
    listed = seen(opened("speakers.py", nom="Maire"))
    assert "maire, commune de 620 habitants ; maire, commune de 840 habitants" in listed


def test_many_words_are_shown_a_page_at_a_time() -> None:
    first, last = (seen(opened("speaker.py", nom="Sociologue des usages", page=page)) for page in ("0", "99999"))
    assert "Page 1 sur" in first
    assert "Page précédente" not in first
    assert "Page suivante" not in last
    assert "La peur de se tromper" in last


def test_somebody_without_a_word_is_said_to_be_so() -> None:
    page = seen(opened("speaker.py", nom="Jean Absent"))
    assert "Sans prise de parole retrouvée." in page
    assert "<form" not in page


def test_somebody_reserved_is_as_somebody_who_is_not_there() -> None:
    reserved, absent = (seen(opened("speaker.py", nom=name)) for name in ("Personne Réservée", "Inconnue"))
    assert reserved == absent
    assert "Cette personne n’est pas dans la mémoire" in absent


@pytest.mark.parametrize(
    ("text", "speaker", "is_said"),
    [
        ("Chaufferie | 76 € | 2020", None, False),
        ("Le réseau de chaleur : état des lieux", None, False),
        ("Le prix baisse de 12 %.", None, True),
        ("oui le prix baisse", "Maire", True),
    ],
)
def test_rows_of_a_table_and_headings_answer_nothing(text: str, speaker: str | None, is_said: bool) -> None:
    passage = Passage("d.1", "d", 0, 0, len(text), text, Anchor(), speaker=speaker)
    assert is_prose(Hit(passage, 1.0, Document("d", "d.md", "D", DocumentType.OTHER), None, Why())) is is_said


@pytest.mark.parametrize(
    ("best", "shown"),
    [(None, "Un. Deux deux. Trois"), ((4, 14), "Un. Deux deux. Trois"), ((21, 33), "Autre ligne. Fin.")],
)
def test_a_quote_is_the_best_sentence_with_those_of_its_line(best: tuple[int, int] | None, shown: str) -> None:
    text = "Un. Deux deux. Trois\nAutre ligne. Fin."
    assert text[slice(*excerpt(text, best))] == shown


def test_a_word_of_ten_thousand_letters_is_cut() -> None:
    assert excerpt("x" * 10_000, None) == (0, 320)
