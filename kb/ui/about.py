"""The page that explains: what the words mean, what is real, how the search works, what happens to a question."""

from __future__ import annotations

import re
from datetime import date

import streamlit as st

from kb import labels
from kb.errors import KbError
from kb.french import NBSP
from kb.settings import settings
from kb.ui import frame, memory
from kb.ui.holdings import holdings
from kb.ui.markup import aside, esc
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
_SECTION = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>')
_PLACES = (
    (f"p.{NBSP}4", "la page 4 d’un PDF"),
    ("12:31", "12 minutes et 31 secondes après le début de l’enregistrement"),
    (f"diapositive{NBSP}3", "la troisième diapositive d’un support"),
    (f"ligne{NBSP}24", "la ligne 24 d’un texte"),
    (f"§{NBSP}12", "le douzième paragraphe d’un document"),
)


def _listed(pairs: tuple[tuple[str, str], ...]) -> str:
    return "<dl>" + "".join(f"<dt>{term}</dt><dd>{meaning}</dd>" for term, meaning in pairs) + "</dl>"


WHAT_IT_IS = f"""<p>Capteurs de territoire est un think tank consacré aux entreprises publiques locales et aux
territoires qu’elles servent. Cette mémoire garde ce qui s’est dit et écrit dans ses séances{NBSP}: chaque
réponse est un passage exact, avec sa source.</p>
<h2 id="mots">Les mots</h2>{_listed(_TERMS)}"""

HOW_IT_WORKS = f"""<h2 id="demonstration">Ce qui est marqué «{NBSP}{labels.DEMO}{NBSP}»</h2>
<p>Ces contenus sont <strong>fictifs</strong>{NBSP}: ils ont été écrits pour montrer l’outil. Ceux qui y parlent
sont des rôles («{NBSP}Maire d’une commune rurale{NBSP}»), et non des personnes{NBSP}; personne n’a tenu ces propos,
ne les citez pas comme tels. Un document sans cette mention est réel.</p>
<h2 id="recherche">Comment la recherche fonctionne</h2>
<p>Elle réunit deux lectures. Par les <strong>mots</strong>, elle trouve les passages qui contiennent ceux de la
question, aux accents, accords et majuscules près. Par le <strong>sens</strong>, elle trouve aussi ceux qui disent la
même chose autrement. «{NBSP}Pourquoi{NBSP}?{NBSP}» dit ce qui a rapproché un passage de la question. Les guillemets
cherchent une expression exacte (dans une question qui finit par un point d’interrogation, ils citent, sans rien
exiger){NBSP}; un tiret devant un mot (-mot) l’écarte. Rien n’est résumé ni réécrit.</p>
<p>Un mot que personne n’a écrit est cherché aussi sous la forme la plus proche, et la page le dit. Les autres noms
d’un terme du métier («{NBSP}société publique locale{NBSP}» pour SPL) ne sont cherchés que si vous le demandez. Quand
la mémoire ne semble pas couvrir une question, la page le dit d’abord{NBSP}: les passages montrés sont alors les plus
proches, non des réponses.</p>
<h2 id="endroits">Où se trouve un passage</h2>{_listed(_PLACES)}
<h2 id="citer">Citer</h2>
<p>«{NBSP}Citer{NBSP}» prépare la citation{NBSP}: qui parle, les mots, la séance, la date, le document, l’endroit et
l’adresse du passage, que chacun peut rouvrir. L’adresse d’une recherche se partage de même.</p>
<h2 id="clavier">Au clavier</h2>
<p>«{NBSP}/{NBSP}» va au champ de recherche, les flèches ↓ et ↑ vont d’un passage trouvé à l’autre, «{NBSP}?{NBSP}»
montre toutes les touches. Elles n’agissent jamais pendant que l’on écrit dans un champ, et se désactivent{NBSP}:
<button type="button" data-keys="help">Voir ou désactiver les touches</button></p>
<h2 id="droits">Droits</h2>
<p>Les propos et les documents restent à leurs auteurs. Vous pouvez les citer, avec leur source{NBSP}:
«{NBSP}Citer{NBSP}» la donne en entier. Ne sont montrés ici que les documents que le think tank a choisi de rendre
publics{NBSP}; les autres n’apparaissent ni dans les réponses, ni dans les nombres. Une personne citée peut demander au
think tank une correction ou un retrait.</p>
<h2 id="vie-privee">Vie privée</h2>
<p>Tout se fait sur la machine qui héberge la mémoire{NBSP}: aucune question, aucun document n’est envoyé ailleurs, et
aucune statistique d’usage n’est recueillie.</p>
<p id="selection">«{NBSP}Ma sélection{NBSP}» est gardée par votre navigateur, sur cet appareil{NBSP}: les adresses des
passages et vos commentaires, rien d’autre, et sans compte. Elle est aussi dans l’adresse de sa page{NBSP}: qui reçoit
cette adresse voit les passages et les commentaires.</p>
<h2 id="accessibilite">Déclaration d’accessibilité</h2>
<p>Cet outil vise les critères de niveau simple A et double A du RGAA (WCAG 2.1). <strong>Aucun audit certifié n’a été
fait</strong>{NBSP}: la conformité n’est donc pas établie.</p>
<ul class="lacks"><li>À chaque version, toutes les pages sont essayées avec axe-core, en clair et en sombre, à
1{NBSP}280 et à 360{NBSP}pixels de large, et des parcours entiers sont faits au clavier seul.</li>
<li>Rien ne bouge de soi-même, aucune information ne passe par la seule couleur, et le texte s’agrandit jusqu’à
400{NBSP}%.</li>
<li>Pas encore essayé{NBSP}: un lecteur d’écran, par une personne qui s’en sert chaque jour. Les images des pages de PDF
ont leur texte à côté{NBSP}; les PDF d’origine, eux, sont tels que leurs auteurs les ont faits.</li></ul>"""
_NO_ADDRESS = "dites-le à qui vous a fait connaître cette mémoire"


def draw() -> None:
    """Draw the page; what it says of the memory waits for one, and nothing else does."""
    st.set_page_config(page_title=titled("À propos"), layout="centered")
    st.html(frame.masthead("a-propos"))
    body = f'{WHAT_IT_IS}{_held()}{HOW_IT_WORKS}<h2 id="contact">À qui écrire</h2>{_contact()}'
    st.html(f'<article class="about"><h1>À propos</h1>{_contents(body)}{body}</article>')
    st.html(frame.FOOTER)


def _contents(body: str) -> str:
    """A link to each section."""
    items = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title in _SECTION.findall(body))
    return f'<nav class="parts" aria-label="Sur cette page"><ul>{items}</ul></nav>'


def _contact() -> str:
    """To whom to write, where the operator says it."""
    try:
        contact = settings().contact
    except KbError:
        contact = ""
    mail = f'<a href="mailto:{esc(contact)}">{esc(contact)}</a>'
    to = f"écrivez à {mail if '@' in contact else aside(contact)}" if contact else _NO_ADDRESS
    return (
        f"<p>Pour une correction ou un retrait, {to}.</p>"
        f"<p>Si quelque chose vous arrête sur une page, {to}, en disant quelle page et quel geste{NBSP}: c’est un "
        "défaut de l’outil, non de votre part.</p>"
    )


def _held() -> str:
    try:
        library = memory.library()
        library.refresh()
        return holdings(library, date.today())
    except KbError as error:
        return frame.trouble(error)


draw()
