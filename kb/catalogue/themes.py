"""The themes of a corpus: what staff file sessions under, and the words by which passages are told to speak of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from kb import french
from kb.catalogue.fields import Fields
from kb.domain import Theme
from kb.errors import InvalidCatalogue

FILE = "themes.toml"
"""Its name, at the root of the corpus."""


def read_themes(fields: Fields) -> tuple[Theme, ...]:
    """The themes of a file, in order; raises InvalidCatalogue, naming the theme, the cause and the way out."""
    fields.allow("themes")
    found: dict[str, Theme] = {}
    owners: dict[str, str] = {}
    for number, table in enumerate(fields.tables("themes"), start=1):
        where = table.where = f"{fields.where}, thème n°{french.NBSP}{number}"
        theme = _theme(table)
        for field, name in (("key", theme.key), ("label", french.fold(theme.label))):
            owner = owners.setdefault(f"{field} {name}", where)
            if owner != where:
                raise InvalidCatalogue(
                    f"{table.where} : un autre thème a le même « {field} » ({owner}). "
                    "Retirez l’un des deux, ou donnez-leur des noms différents."
                )
        found[theme.key] = theme
    return tuple(found.values())


def _theme(table: Fields) -> Theme:
    table.allow("key", "label", "words")
    key = table.required("key", "[[themes]]")
    table.where += f" (« {key} »)"
    theme = Theme(key, table.words("label") or key, table.texts("words"))
    if not french.forms(theme.label):
        raise InvalidCatalogue(f"{table.where} : « label » ne contient aucun mot. Écrivez-le, ou retirez-le.")
    for word in theme.words:
        if not french.stems(word):
            raise InvalidCatalogue(
                f"{table.where} : « words » contient « {word} », où aucun mot ne se cherche. "
                "Écrivez un mot plein, ou retirez-le."
            )
    return theme


def named_by(filed: Iterable[Sequence[str]]) -> tuple[Theme, ...]:
    """The themes of a corpus that has no list of them: what its sessions are filed under, called by their keys."""
    keys = sorted({key for keys in filed for key in keys if french.forms(key)})
    return tuple(Theme(key, key.replace("-", " ").capitalize()) for key in keys)


def unlisted(themes: Sequence[Theme], filed: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """A warning, with the file that it is about, for each session filed under a theme that is not in the list."""
    keys = [theme.key for theme in themes]
    for where, named in filed.items():
        for key in named:
            if key not in keys:
                near = get_close_matches(key, keys, n=1)
                way_out = f"Est-ce « {near[0]} » ?" if near else f"Corrigez-le, ou ajoutez-le à {FILE}."
                yield where, f"{where} : le thème « {key} » n’est pas dans {FILE}. {way_out}"
