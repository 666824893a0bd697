"""Names of people as French documents write them, and which of them designate one person. Pure functions.

Two names are one person's when a person who reads only the document would be sure of it:

1. « M. Martial SADDIER », « Martial SADDIER », « Martial SADDIER, président » and « SADDIER Martial »: the same words,
   whatever the civility, the case, the particles and what follows a comma. Another order needs a surname in capitals.
2. « M. SADDIER », « SADDIER »: a surname alone is the one full name that bears it, if there is exactly one.
3. A civility that contradicts (« Mme » and « M. »), or two different brackets (« (Lyon) », « (Brest) »), keep all the
   forms of that name apart.

Anything else stays as it is written: « M. le président » is nobody's name, and two Martins are two Martins.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from kb import french

PARTICLES = frozenset("de du des la le les d’ d' von van der den di da el ben al".split())
ROLES = frozenset(
    "maire adjoint adjointe élu élue élus conseiller conseillère président présidente vice-président vice-présidente"
    " coprésident coprésidente"
    " directeur directrice dirigeant dirigeante responsable chef cheffe chargé chargée secrétaire délégué déléguée"
    " rapporteur rapporteure ministre député députée sénateur sénatrice préfet préfète sous-préfet sous-préfète"
    " commissaire animateur animatrice modérateur modératrice journaliste médiateur médiatrice intervenant intervenante"
    " participant participante habitant habitante citoyen citoyenne usager usagère riverain riveraine locataire"
    " propriétaire commerçant commerçante artisan artisane agriculteur agricultrice éleveur éleveuse entrepreneur"
    " entrepreneuse restauratrice restaurateur hôtelier hôtelière libraire bénévole étudiant étudiante chercheur"
    " chercheuse professeur professeure enseignant enseignante sociologue économiste géographe urbaniste juriste avocat"
    " avocate notaire historien historienne anthropologue philosophe politiste ingénieur ingénieure architecte"
    " technicien"
    " technicienne paysagiste expert experte consultant consultante gérant gérante fondateur fondatrice cofondateur"
    " cofondatrice porte-parole représentant représentante membre administrateur administratrice trésorier trésorière"
    " doctorant doctorante médecin infirmier infirmière syndicaliste retraité retraitée modération animation garde"
    " greffier greffière hydrologue climatologue designer développeur développeuse coordinateur coordinatrice"
    " coordonnateur coordonnatrice dg dgs pdg interlocuteur interlocutrice interviewer intervieweur intervieweuse"
    " cadre salarié salariée agent agente gestionnaire exploitant exploitante banquier banquière investisseur"
    " aménageur aménageuse promoteur promotrice bailleur syndic conservateur conservatrice guide"
    " orateur oratrice locuteur locutrice".split()
)
_CIVILITY = re.compile(
    r"(?:(?P<m>M\.|Mr\.?|Monsieur)|(?P<f>Mme\.?|Mlle\.?|Madame|Mademoiselle)|(?:Dr|Pr|Me|Maître)\.?)\s+(?=\S)"
)
_BRACKET = re.compile(r"\s*\(([^()]*)\)\s*$")
_WORD = re.compile(r"(?:[dl][’'])?[^\W\d_][\w’'.-]*")
_MOST_WORDS = 8
_MOST_FORMS = 20


@dataclass(frozen=True, slots=True)
class Person:
    """A name taken apart. `words` are folded, without particles; `surname` is empty where nothing tells which it is.

    head: the name as written, with its civility, without brackets and what follows a comma.
    """

    head: str
    words: tuple[str, ...]
    surname: tuple[str, ...] = ()
    civility: str | None = None
    bracket: str | None = None

    @property
    def bare(self) -> str:
        """The head without its civility."""
        return _CIVILITY.sub("", self.head, count=1)

    @property
    def is_full(self) -> bool:
        """Whether it has a given name and a surname."""
        return len(self.words) > 1 and self.words != self.surname


@lru_cache(maxsize=10_000)
def parse(label: str) -> Person | None:
    """The name in a label; None where it holds none: « M. le président », « Un intervenant », « Animatrice »."""
    text = " ".join(label.replace("\u00a0", " ").replace("\u202f", " ").split(",")[0].split())
    bracket = _BRACKET.search(text)
    head = text[: bracket.start()] if bracket else text
    civility = _CIVILITY.match(head)
    words = head[civility.end() if civility else 0 :].split()
    core = [word for word in words if word.lower() not in PARTICLES]
    if not 1 <= len(core) <= len(words) <= _MOST_WORDS or not all(_is_name(word) for word in core):
        return None
    if any(word.lower() in ROLES for word in core):
        return None
    capitals = [word for word in core if _is_capitals(word)]
    told = capitals if len(capitals) < len(core) or (civility and len(core) == 1) else []
    return Person(
        head,
        tuple(map(_folded, core)),
        tuple(map(_folded, told)),
        _gender(civility),
        french.fold(bracket[1]) if bracket else None,
    )


def same(one: Person, other: Person) -> bool:
    """Whether two full names have the same words: in the same order, or with a surname that capitals tell."""
    if not (one.is_full and other.is_full) or sorted(one.words) != sorted(other.words):
        return False
    if one.surname and other.surname:
        return sorted(one.surname) == sorted(other.surname)
    return one.words == other.words or bool(one.surname or other.surname)


def is_surname_of(short: Person, full: Person) -> bool:
    """Whether a surname alone is the surname of a full name, and their civilities do not contradict."""
    if short.civility and full.civility not in (None, short.civility):
        return False
    if not full.is_full or short.words == full.words:
        return False
    return short.words == (full.surname or full.words[-1:])


def unite(labels: Mapping[str, int]) -> dict[str, str]:
    """The name to show for each label of a document, by how often each stands in it (see the rule above)."""
    people = {label: person for label in labels if (person := parse(label))}
    surnames = {person.surname for person in people.values()}
    full = {label: p for label, p in people.items() if p.is_full and (p.surname or p.words not in surnames)}
    shown = {label: " ".join(label.replace("\u00a0", " ").split()) for label in labels}
    groups = _groups(full)
    for group in groups:
        shown.update(dict.fromkeys(group, _name(group, people, labels)))
    for clashing in _clashing(groups, shown):
        bracket = next((_written_bracket(label) for label in clashing if people[label].bracket), "")
        shown.update({label: f"{shown[label]} ({bracket})" for label in clashing if bracket})
    short = {label: person for label, person in people.items() if label not in full}
    shown.update(_of_surnames(short, groups, people, labels))
    for label in labels.keys() - people.keys():
        head = label.split(",")[0].strip()
        if head in labels:
            shown[label] = shown[head]
    return shown


def only_one(label: str, names: Mapping[str, Sequence[str]]) -> str | None:
    """Whose name a label is, out of the people whose names and other forms are given; None if nobody's or several's."""
    person = parse(label)
    if person is None:
        return None
    found = {name for name, forms in names.items() if any(_fits(person, form) for form in forms)}
    return found.pop() if len(found) == 1 else None


def _fits(person: Person, form: str) -> bool:
    other = parse(form)
    if other is None or {person.civility, other.civility} == {"m", "f"}:
        return False
    return same(person, other) or is_surname_of(person, other)


def _groups(full: Mapping[str, Person]) -> list[list[str]]:
    """Labels of one person together. Where civilities or brackets contradict, only equal heads are together."""
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for label, person in full.items():
        alike[tuple(sorted(person.words))].append(label)
    return [part for group in alike.values() for part in _consistent(group, full)]


def _consistent(group: Sequence[str], full: Mapping[str, Person]) -> Iterable[list[str]]:
    members = [full[label] for label in group]
    kinds = {(member.words, member.surname): member for member in members}.values()
    unlike = len(kinds) > _MOST_FORMS or any(not same(a, b) for a, b in combinations(kinds, 2))
    civilities = {member.civility for member in members} - {None}
    brackets = {member.bracket for member in members} - {None}
    if not unlike and len(civilities) < 2 and len(brackets) < 2:
        return [list(group)]
    apart: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for label in group:
        apart[french.fold(full[label].head), full[label].bracket].append(label)
    return apart.values()


def _clashing(groups: Sequence[Sequence[str]], shown: Mapping[str, str]) -> Iterator[Sequence[str]]:
    """The groups that would be shown under one name."""
    under: dict[str, list[Sequence[str]]] = defaultdict(list)
    for group in groups:
        under[shown[group[0]]].append(group)
    for alike in under.values():
        if len(alike) > 1:
            yield from alike


def _name(group: Sequence[str], people: Mapping[str, Person], labels: Mapping[str, int]) -> str:
    """The most usual form without civility if there is one, else the most usual form."""
    bare = [label for label in group if people[label].civility is None and people[label].bare == people[label].head]
    counts: dict[str, int] = defaultdict(int)
    for label in bare or group:
        counts[people[label].head] += labels[label]
    name = max(counts, key=lambda head: (counts[head], len(head)))
    return name


def _written_bracket(label: str) -> str:
    found = _BRACKET.search(label.split(",")[0])
    return found[1] if found else ""


def _of_surnames(
    short: Mapping[str, Person],
    groups: Sequence[Sequence[str]],
    people: Mapping[str, Person],
    labels: Mapping[str, int],
) -> dict[str, str]:
    """The full name that each surname alone stands for, else the label without what follows its comma."""
    bearing: dict[tuple[str, ...], list[Sequence[str]]] = defaultdict(list)
    for group in groups:
        for surname in {people[label].surname or people[label].words[-1:] for label in group}:
            bearing[surname].append(group)
    civilities: dict[tuple[str, ...], set[str | None]] = defaultdict(set)
    twins: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for label, person in short.items():
        civilities[person.words].add(person.civility)
        twins[person.words, person.civility, person.bracket].append(label)
    shown = {}
    for alike in twins.values():
        most = max(alike, key=lambda label: labels[label])
        person = people[most]
        found = bearing[person.words]
        if len(found) == 1 and _agree(person, civilities[person.words], {people[o].civility for o in found[0]}):
            name = _name(found[0], people, labels)
        else:
            name = person.head + (f" ({_written_bracket(most)})" if person.bracket else "")
        shown.update(dict.fromkeys(alike, name))
    return shown


def _agree(person: Person, alike: set[str | None], full: set[str | None]) -> bool:
    """Whether a surname's civility says nothing against a full name's, and no second bearer shows."""
    known, others = full - {None}, alike - {None}
    if known:
        return person.civility in known or (person.civility is None and others <= known)
    return len(others) < 2


def _is_name(word: str) -> bool:
    first = re.sub(r"^[dl][’']", "", word)[:1]
    return first.isupper() and bool(_WORD.fullmatch(word))


def _is_capitals(word: str) -> bool:
    letters = [each for each in re.sub(r"^[dl][’']", "", word) if each.isalpha()]
    return len(letters) > 1 and all(each.isupper() for each in letters)


def _folded(word: str) -> str:
    return re.sub(r"^[dl]'", "", french.fold(word).replace("’", "'")).rstrip(".")


def _gender(civility: re.Match[str] | None) -> str | None:
    if civility is None:
        return None
    return "m" if civility["m"] else "f" if civility["f"] else None
