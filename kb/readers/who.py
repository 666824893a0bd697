"""Who the speakers of an XML debate are: the persons its header lists, the labels of its turns, their identifiers."""

from __future__ import annotations

import re

from lxml import etree

from kb.readers.cleaning import clean
from kb.readers.names import is_full_name, is_person
from kb.readers.voices import Voices

_ID = "{http://www.w3.org/XML/1998/namespace}id"
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z][^\W\d_A-Z])")
_AROUND = " \u00a0.,:;–—-"


class Cast:
    """The speakers of one document."""

    def __init__(self, root: etree._Element) -> None:
        self._names = dict(_listed(root))
        self._voices = Voices()
        labels = {tidy(_text(each)) for each in root.iter("{*}speaker", "{*}from", "{*}nom")}
        self._short = {label: _shortened(label, labels) for label in labels}

    def speaker(self, who: str, label: str) -> str | None:
        """Who speaks a turn: the persons its identifiers lead to, else its label, else what the identifiers spell."""
        references = [reference.rpartition("#")[2] for reference in who.split()]
        listed = [self._names[each] for each in references if each in self._names]
        if listed:
            return " et ".join(dict.fromkeys(listed))
        if label:
            return self._voices.name(self._short.get(label) or _shortened(label, set()))
        spelled = [_spelled(each) for each in references if each]
        if not spelled:
            return None
        return " et ".join(name or self._voices.number(each) for name, each in zip(spelled, references, strict=True))

    def warnings(self) -> list[str]:
        """What is to be said of the voices that have an identifier only."""
        return self._voices.warnings()


def tidy(label: str) -> str:
    """A label without the stop, colon or dash that ends it."""
    return clean(label).strip(_AROUND)


def _shortened(label: str, labels: set[str]) -> str:
    """« Name, role » is « Name » where that is a full name, or a label of its own in this document."""
    head = label.split(",")[0].strip()
    return (head if is_full_name(head) or head in labels else label).replace("\u00a0", " ")


def _listed(root: etree._Element) -> list[tuple[str, str]]:
    """(identifier, name) of the persons that the document lists."""
    found = []
    for person in root.iter("{*}person", "{*}personGrp", "{*}castItem", "{*}role", "{*}TLCPerson", "{*}TLCRole"):
        identifier = person.get(_ID) or person.get("eId") or person.get("id")
        name = clean(person.get("showAs") or "") or _name(person)
        if identifier and name:
            found.append((identifier, name))
    return found


def _name(person: etree._Element) -> str:
    """First name then surname where they are told apart, else the name as it is written."""
    written = next(person.iter("{*}persName", "{*}name", "{*}role"), None)
    if written is None:
        return ""
    parts = [
        clean(_text(each)) for tag in ("forename", "nameLink", "surname") for each in written.iterfind(f".//{{*}}{tag}")
    ]
    return " ".join(part for part in parts if part) or clean(_text(written))


def _spelled(identifier: str) -> str | None:
    """« Hervé_Mariton », « ChristineArrighi »: the name that an identifier is made of, if it is one."""
    words = identifier.replace("_", " ").strip() if "_" in identifier else _CAMEL.sub(" ", identifier)
    return words if is_full_name(words) or is_person(words) else None


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())
