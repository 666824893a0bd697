"""The page that explains: what the words mean, what is real, how the search works, what happens to a question."""

from __future__ import annotations

import streamlit as st

from kb import labels
from kb.french import NBSP
from kb.ui import frame
from kb.ui.pages import titled

_TERMS = (
    (
        "Epl",
        "entreprise publique locale, détenue en tout ou partie par des collectivités. Les trois suivantes en sont.",
    ),
    (
        "SEM",
        "société d’économie mixte, dont des collectivités ont la majorité du capital, avec au moins un associé privé.",
    ),
    ("SPL", "société publique locale, dont des collectivités ont tout le capital."),
    ("SEMOP", "société d’économie mixte à opération unique, créée avec un opérateur privé pour un seul contrat."),
    ("Saison", "une suite de séances autour d’une même question."),
    ("Séance", "une rencontre, un jour donné, avec ses intervenants et ses documents."),
)
_PLACES = (
    (f"p.{NBSP}4", "la page 4 d’un PDF"),
    ("12:31", "12 minutes et 31 secondes après le début de l’enregistrement"),
    (f"diapositive{NBSP}3", "la troisième diapositive d’un support"),
    (f"ligne{NBSP}24", "la ligne 24 d’un texte"),
    (f"§{NBSP}12", "le douzième paragraphe d’un document"),
)


def _listed(pairs: tuple[tuple[str, str], ...]) -> str:
    return "<dl>" + "".join(f"<dt>{term}</dt><dd>{meaning}</dd>" for term, meaning in pairs) + "</dl>"


TEXT = f"""<article class="about"><h1>À propos</h1>
<p>Capteurs de territoire est un think tank consacré aux entreprises publiques locales et aux territoires
qu’elles servent. Cette mémoire garde ce qui s’est dit et écrit dans ses séances{NBSP}: chaque réponse est un passage
exact, avec sa source.</p>
<h2>Les mots</h2>{_listed(_TERMS)}
<h2 id="demonstration">Ce qui est marqué «{NBSP}{labels.DEMO}{NBSP}»</h2>
<p>Ces contenus sont <strong>fictifs</strong>{NBSP}: ils ont été écrits pour montrer l’outil. Ceux qui y parlent
sont des rôles («{NBSP}Maire d’une commune rurale{NBSP}»), et non des personnes{NBSP}; personne n’a tenu ces propos,
ne les citez pas comme tels. Un document sans cette mention est réel.</p>
<h2>Comment la recherche fonctionne</h2>
<p>Elle réunit deux lectures. Par les <strong>mots</strong>, elle trouve les passages qui contiennent ceux de la
question, aux accents, accords et majuscules près. Par le <strong>sens</strong>, elle trouve aussi ceux qui disent la
même chose autrement. «{NBSP}Pourquoi{NBSP}?{NBSP}» dit ce qui a rapproché un passage de la question. Les guillemets
cherchent une expression exacte (dans une question qui finit par un point d’interrogation, ils citent, sans rien
exiger){NBSP}; un tiret devant un mot (-mot) l’écarte. Rien n’est résumé ni réécrit.</p>
<p>Un mot que personne n’a écrit est cherché aussi sous la forme la plus proche, et la page le dit. Les autres noms
d’un terme du métier («{NBSP}société publique locale{NBSP}» pour SPL) ne sont cherchés que si vous le demandez. Quand
la mémoire ne semble pas couvrir une question, la page le dit d’abord{NBSP}: les passages montrés sont alors les plus
proches, non des réponses.</p>
<h2>Où se trouve un passage</h2>{_listed(_PLACES)}
<h2>Citer</h2>
<p>«{NBSP}Citer{NBSP}» prépare la citation{NBSP}: qui parle, les mots, la séance, la date, le document, l’endroit et
l’adresse du passage, que chacun peut rouvrir. L’adresse d’une recherche se partage de même.</p>
<h2>Vie privée</h2>
<p>Tout se fait sur la machine qui héberge la mémoire{NBSP}: aucune question, aucun document n’est envoyé ailleurs, et
aucune statistique d’usage n’est recueillie.</p>
<h2>Accessibilité</h2>
<p>Les pages sont essayées avec axe-core en clair et en sombre, au clavier seul, et sur un écran de 360{NBSP}pixels
de large. Aucun audit certifié n’a été fait.</p></article>"""


def draw() -> None:
    """Draw the page; it needs no memory."""
    st.set_page_config(page_title=titled("À propos"), layout="centered")
    st.html(frame.masthead("a-propos"))
    st.html(TEXT)
    st.html(frame.FOOTER)


draw()
