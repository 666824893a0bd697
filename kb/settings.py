"""The environment, read once. Every setting has the prefix KB_."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.errors import KbError

EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
LONGEST_CONTACT = 200
ROOT = Path(__file__).resolve().parent.parent


def _one_address(text: str) -> str:
    """Plain text on one line: an e-mail address, or a postal one, which has a number."""
    tidy = " ".join(text.split())
    is_plain = len(tidy) <= LONGEST_CONTACT and tidy.isprintable() and not set("<>") & set(tidy)
    is_address = bool(EMAIL.fullmatch(tidy)) or ("@" not in tidy and any(c.isdigit() for c in tidy))
    if tidy and not (is_plain and is_address):
        raise ValueError("une adresse électronique ou postale, sur une ligne")
    return tidy


Contact = Annotated[str, AfterValidator(_one_address)]


class Settings(BaseSettings):
    """Where things are and how long they may take. Paths may be relative to the current folder."""

    model_config = SettingsConfigDict(env_prefix="KB_", env_ignore_empty=True, frozen=True)

    corpus: Path = ROOT / "corpus"
    index: Path = ROOT / "index"
    model: str = ""
    """A sentence-transformers model, by folder or hub name; empty means the bundled one."""
    adapter: str = ""
    """A folder made by `training/`, merged into the bundled model; « none » for none, empty for the one shipped."""
    models: Path = ROOT / "models"
    """Where the bundled model is unpacked."""
    offline: bool = True
    """No model is fetched from a hub unless an operator sets KB_OFFLINE=false."""
    threads: int = 0
    """Processor threads for the encoder; 0 lets the library choose."""
    per_document: int = 4
    """How many passages of one document may stand among the first ten that answer; 0 for no limit."""
    read_seconds: float = 120.0
    """Wall time allowed to read one file."""
    watch_seconds: float = 5.0
    """How long a watched folder must be at rest before it is taken in."""
    read_megabytes: int = 900
    """Address space allowed to the process that reads one file."""
    ocr: Literal["auto", "off"] = "auto"
    """Whether the characters of scanned pages are recognised, where tesseract is installed with its French."""
    ocr_seconds: float = 600.0
    """Wall time allowed to recognise the pages of one document; those that are left are named."""
    contact: Contact = ""
    """An e-mail or postal address, on one line, to whom readers write; none is named while it is empty."""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = f"KB_{'_'.join(str(part) for part in wrong['loc']).upper()}"
        raise KbError(f"{name} : la valeur « {wrong['input']} » ne convient pas à ce réglage. Corrigez-la.") from error
