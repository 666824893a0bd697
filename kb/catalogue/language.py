"""The language a text is written in."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

USUAL = "fr"
"""What a document is taken to be written in when its text does not say clearly."""

_SAMPLE = 20_000
_SURE = 0.9
"""On 2,484 slices of 60 characters of real French documents, only English quotations are above it and not French."""


def detect_language(text: str) -> str:
    """The ISO 639-1 code of a text's language; French when the text is too short to tell, or mixed."""
    language, confidence = _identifier().classify(text[:_SAMPLE])
    return str(language) if confidence >= _SURE and language != "zxx" else USUAL


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # only here: a search does not need it

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
