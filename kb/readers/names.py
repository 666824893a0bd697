"""What a speaker's label looks like in French: a name, a role, a voice from the floor. Pure functions."""

from __future__ import annotations

import re

from kb.persons import PARTICLES, ROLES

_CIVILITY = re.compile(r"(M|MM|Mme|Mmes|Mlle|Dr|Pr|Me|Monsieur|Madame|Maître)\b\.?\s", re.IGNORECASE)
_NUMBERED_VOICE = re.compile(
    r"(intervenante?|participante?|oratrice|orateur|locutrice|locuteur|speaker|voix|personne)[ _\u00a0]?"
    r"(n°\s?)?(\d{1,2}|[A-Z])",
    re.IGNORECASE,
)
_FLOOR = re.compile(
    r"(une? )?(autre )?(question|questions|remarque|réaction|intervention|voix|réponse)s?"
    r" ((de |dans |depuis |venue? de |du |d[’'])"
    r"(la |une? |l[’'])?(salle|public|assistance|tchat|chat|internaute|participant|élue?|fond).*"
    r"|(posée|écrite|reçue|lue|transmise|anonyme|en ligne)\b.*)"
    r"|(la |de la )?salle|(le |du )?public|voix diverses|plusieurs voix"
    r"|(plusieurs|quelques|des) (députés|sénateurs|élus|conseillers|maires|participants|intervenants|membres)\b.{0,60}",
    re.IGNORECASE,
)
_SECTIONS = frozenset(
    "objectif objectifs recommandation recommandations proposition propositions article attention question questions"
    " réponse réponses note notes nb remarque remarques exemple exemples rappel rappels conclusion conclusions"
    " introduction résumé synthèse contexte enjeu enjeux constat constats source sources date dates lieu lieux heure"
    " heures horaire horaires durée participants participantes présents présentes excusés excusées absents invités"
    " intervenants intervenantes orateurs ordre sujet sujets thème thèmes titre objet référence références contact"
    " contacts tél téléphone tel fax courriel email mail e-mail adresse site web budget coût coûts total montant annexe"
    " annexes figure figures tableau tableaux étape étapes phase phases partie chapitre point points mesure mesures"
    " action actions axe axes priorité priorités calendrier délai délais échéance échéances avantage avantages"
    " inconvénient inconvénients limite limites risque risques condition conditions bénéficiaire bénéficiaires cible"
    " cibles pilote pilotes porteur porteurs partenaire partenaires résultat résultats chiffre chiffres bilan décision"
    " décisions vote votes contre abstention abstentions légende définition définitions mots-clés mot-clé mots retenir"
    " bref premier première premièrement deuxième deuxièmement troisième troisièmement d’abord d'abord ensuite enfin"
    " oui non or mais donc car et ou ainsi ici là voici voilà pour à en dans sur par avec sans selon si quand lorsque"
    " comme chez depuis dès entre vers sous après avant pendant il elle ils elles on nous vous je tu ce ça cela c’est"
    " cette ces cet leur leurs notre nos votre vos mon ma mes son sa ses les des deux trois quatre cinq plusieurs"
    " certains certaines chaque tout tous toute toutes autre autres aucun aucune que qui quoi dont où pourquoi comment"
    " combien quel quelle quels quelles séance session saison atelier transcription compte-rendu compte document"
    " documents fichier version auteur auteurs rédaction rédacteur crédits licence tarif prix superficie population"
    " règle règles principe principes méthode méthodes outil outils ressource ressources effet effets cause causes"
    " conséquence conséquences problème problèmes solution solutions idée idées piste pistes variante variantes option"
    " options scénario scénarios critère critères indicateur indicateurs niveau type nature nom noms prénom fonction"
    " statut état situation programme projet projets format support supports inscription inscriptions accueil ouverture"
    " clôture pause déjeuner matin matinée après-midi soir soirée journée lundi mardi mercredi jeudi vendredi samedi"
    " dimanche janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)
_VERBS = frozenset(
    "est sont était étaient sera seront serait soit a ont avait avons avez aura auront faut peut peuvent doit doivent"
    " va vont fait font dit disent permet permettent existe existent reste restent devient vaut veut veulent sait"
    " savent"
    " propose proposent recommande recommandons suppose suggère résume rappelle demande répond explique précise ajoute"
    " souligne estime conclut résumons rappelons notons citons voyons prenons".split()
)
_PRONOUNS = frozenset("je j’ai vous nous il elle ils elles on tu ne n’est que quand si".split())
_TOKEN = re.compile(r"[^\W\d_]+(?:[-’'.][^\W\d_]+)*\.?")
_ELISION = re.compile(r"^(?:l|d|qu|s|n|j|c)[’']", re.IGNORECASE)


def may_be_label(text: str) -> bool:
    """Whether these words could name a speaker at all: short, no sentence, no section word, no figure.

    What follows a comma (a role, an organisation) may be longer.
    """
    name = text.split(",")[0]
    words = name.split()
    if not 1 <= len(words) <= 12 or not 2 <= len(name) <= 100 or len(text) > 300:
        return False
    if _NUMBERED_VOICE.fullmatch(text) or _FLOOR.fullmatch(text):
        return True
    if re.search(r"[:;!?…«»\"“”=@#|*_<>\[\]{}]", text) or not text[0].isalpha():
        return False
    if re.search(r"[\d/%€]", re.sub(r"\([^()]*\)", "", name)):  # « M. Paz (14) », « Chef de projet, RT 2020 »
        return False
    tokens = [_ELISION.sub("", token.lower()) for token in _TOKEN.findall(name)]
    if not tokens or tokens[0] in _SECTIONS or words[0].lower() in _SECTIONS:
        return False
    return not any(token in _VERBS for token in tokens)


def is_person(text: str) -> bool:
    """Whether a possible label says on its face that it is someone: a civility, a role, a full name, the floor."""
    if _NUMBERED_VOICE.fullmatch(text) or _FLOOR.fullmatch(text) or _CIVILITY.match(text):
        return True
    before_comma = re.split(r"[,(]", text, maxsplit=1)[0].strip()
    tokens = [_ELISION.sub("", token.lower()) for token in _TOKEN.findall(before_comma)]
    if any(token in ROLES for token in tokens[:3]):
        return True
    return is_full_name(before_comma)


def is_description(text: str) -> bool:
    """Whether words after a name and a comma could say who that is: no verb and no pronoun of a sentence."""
    tokens = {_ELISION.sub("", token.lower()) for token in _TOKEN.findall(text)}
    return len(text) <= 120 and not tokens & (_VERBS | _PRONOUNS)


def is_full_name(text: str) -> bool:
    """Two to five words, each capitalised but for particles: « Jean-Guy de GABRIAC »."""
    words = text.replace("\u00a0", " ").split()
    if not 2 <= len(words) <= 5 or words[0].lower() in _SECTIONS | PARTICLES:
        return False
    capitalised = [word for word in words if word[0].isupper()]
    others = [word for word in words if not word[0].isupper()]
    return (
        len(capitalised) >= 2
        and all(word.lower() in PARTICLES for word in others)
        and all(re.fullmatch(r"[^\W\d_][\w’'.-]*", word) for word in capitalised)
    )
