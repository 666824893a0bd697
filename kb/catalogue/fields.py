"""A TOML table read field by field: what has the wrong type is named, with its file, in French."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from kb.errors import InvalidCatalogue

E = TypeVar("E", bound=Enum)

_LINE_ENDS = re.compile(r"\s*[\n\r\t\v\f\x1c-\x1e\x85\u2028\u2029]\s*")
_UNSEEN = re.compile("[\ufe00-\ufe0f]")
_UNSEEN_KINDS = frozenset(("Cc", "Cf"))


def legible(text: str) -> str:
    """A name or title as people read it: one line, without what is not seen, which may turn the words that follow."""
    line = _UNSEEN.sub("", _LINE_ENDS.sub(" ", text))
    return "".join(c for c in line if unicodedata.category(c) not in _UNSEEN_KINDS).strip()


class Fields:
    """The fields of one table of a TOML file. Absent ones are None or empty; wrong ones raise InvalidCatalogue."""

    def __init__(self, raw: Mapping[str, Any], where: str) -> None:
        self._raw = raw
        self.where = where

    @classmethod
    def from_file(cls, path: Path, name: str) -> Fields:
        """The whole of a file, called `name` in messages."""
        if not path.is_file():
            raise InvalidCatalogue(f"{name} : ce n’est pas un fichier ordinaire. Retirez-le ou remplacez-le.")
        try:
            return cls(tomllib.loads(path.read_text(encoding="utf-8-sig")), name)
        except OSError as error:
            raise InvalidCatalogue(f"{name} : ce fichier ne peut pas être lu ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            raise InvalidCatalogue(f"{name} : ce fichier n’est pas en UTF-8. Enregistrez-le dans ce codage.") from error
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise InvalidCatalogue(f"{name} : ce fichier TOML est mal formé ({error}). Corrigez-le.") from error

    def allow(self, *fields: str) -> None:
        """Refuse a field that is none of these: misspelt, it might have said that a document is reserved."""
        for unknown in sorted(set(self._raw) - set(fields)):
            known = ", ".join(fields)
            raise InvalidCatalogue(f"{self.where} : champ inconnu « {unknown} » ; champs possibles : {known}.")

    def text(self, field: str) -> str | None:
        """A text."""
        value: str | None = self._typed(field, str, 'un texte entre guillemets, par exemple "…"')
        return value

    def words(self, field: str) -> str | None:
        """A text that people read, on one line."""
        value = self.text(field)
        return None if value is None else legible(value)

    def required(self, field: str, of: str) -> str:
        """A text that each table of its kind must have."""
        value = self.text(field)
        if not value:
            raise InvalidCatalogue(f"{self.where} : chaque {of} doit avoir un « {field} ».")
        return value

    def number(self, field: str) -> int | None:
        """A whole number."""
        value: int | None = self._typed(field, int, "un nombre entier, sans guillemets")
        return value

    def flag(self, field: str) -> bool | None:
        """True or false."""
        value: bool | None = self._typed(field, bool, "true ou false, sans guillemets")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self._list(field, str, 'une liste de textes, par exemple ["…", "…"]'))

    def numbers(self, field: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(self._list(field, int, "une liste de nombres, par exemple [2020, 2021]"))

    def tables(self, field: str) -> Iterator[Fields]:
        """A list of tables, `[[field]]`."""
        for raw in self._list(field, dict, f"une liste de tables, chacune sous [[{field}]]"):
            yield Fields(raw, self.where)

    def day(self, field: str) -> date | None:
        """A date, without quotation marks."""
        value: date | None = self._typed(field, date, "une date sans guillemets, par exemple 2021-04-13")
        return value.date() if isinstance(value, datetime) else value

    def choice(self, field: str, kind: type[E]) -> E | None:
        """One of the values of an enumeration."""
        raw = self.text(field)
        if raw is None:
            return None
        try:
            return kind(raw)
        except ValueError as error:
            allowed = ", ".join(str(m.value) for m in kind)
            raise InvalidCatalogue(
                f"{self.where} : « {field} » vaut « {raw} » ; valeurs possibles : {allowed}."
            ) from error

    def _typed(self, field: str, kind: type, expected: str) -> Any:
        value = self._raw.get(field)
        if value is None or (isinstance(value, kind) and not (kind is int and isinstance(value, bool))):
            return value
        raise InvalidCatalogue(f"{self.where} : « {field} » doit être {expected}.")

    def _list(self, field: str, kind: type, expected: str) -> list[Any]:
        values = self._raw.get(field, [])
        if isinstance(values, list) and all(isinstance(value, kind) for value in values):
            return values
        raise InvalidCatalogue(f"{self.where} : « {field} » doit être {expected}.")
