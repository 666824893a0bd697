"""Any sentence-transformers model as an encoder. Importing this takes five seconds: only at need."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from kb.encoder import Vectors
from kb.encoder.texts import sound
from kb.errors import UnusableModel

_BATCH = 8
"""Measured on 2 cores with passages of 170 tokens: 31 passages/s, against 25 with batches of 32."""
_DEFAULT_MAX_TOKENS = 512


class SentenceEncoder:
    """The `Encoder` of a sentence-transformers model, given by folder or hub name.

    Its prompts are the model's own (`query`, and `passage` or `document`), none when it names none.
    Raises UnusableModel when the model cannot be loaded.
    """

    def __init__(self, model: str, name: str, *, threads: int = 0, offline: bool = True) -> None:
        self.name = name
        if threads:
            torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(model, local_files_only=offline)
        except Exception as error:  # whatever files the folder holds, by as many libraries
            raise UnusableModel(
                f"{model} : ce modèle ne peut pas être chargé ({_first_line(error)}). "
                "Vérifiez KB_MODEL : un dossier ou un nom de modèle sentence-transformers."
            ) from error
        self.dimensions: int = self._model.get_embedding_dimension() or len(self.encode_query("a"))
        self.max_tokens: int = self._model.max_seq_length or _DEFAULT_MAX_TOKENS

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, in order: (len(texts), dimensions)."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        prompts = self._model.prompts
        return self._encode(list(texts), prompts.get("passage") or prompts.get("document") or "")

    def encode_query(self, text: str) -> Vectors:
        """Unit vector of a query: (dimensions,)."""
        vector: Vectors = self._encode([text], self._model.prompts.get("query") or "")[0]
        return vector

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many model tokens each text takes, without prompt and special tokens."""
        if not texts:
            return []
        encoded = self._model.tokenizer([sound(text) for text in texts], add_special_tokens=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    def _encode(self, texts: list[str], prompt: str) -> Vectors:
        vectors = self._model.encode(
            [sound(text) for text in texts],
            prompt=prompt,
            batch_size=_BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
