"""An encoder that runs a sentence-transformers folder by its ONNX file, without importing torch.

A new process answers its first query in under a second, where importing sentence-transformers takes five.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray
from tokenizers import Tokenizer

from kb.encoder import Vectors
from kb.encoder.texts import batches, sound
from kb.errors import UnusableModel

_GRAPH = Path("onnx", "model.onnx")
_BATCH_TOKENS = 768
"""Measured on 2 cores: activations stay in the processor's cache; 4,096 tokens a batch are a third slower."""
_TOKENIZED_TOGETHER = 1024

Ids = NDArray[np.int64]


def runs_by_onnx(folder: Path) -> bool:
    """Whether `OnnxEncoder` gives the vectors sentence-transformers would: a graph, mean pooling."""
    try:
        kinds = [module["type"].rsplit(".", 1)[-1] for module in _json(folder / "modules.json")]
        pooling = _json(folder / "1_Pooling" / "config.json")
        reading = _json(folder / "sentence_bert_config.json")
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return (
        kinds in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
        and _pools_by_mean(pooling)
        and bool(reading.get("max_seq_length"))
        and not reading.get("do_lower_case")
        and (folder / _GRAPH).is_file()
        and (folder / "tokenizer.json").is_file()
    )


class OnnxEncoder:
    """The `Encoder` of a folder for which `runs_by_onnx` is true. Loads at the first text it is given."""

    def __init__(self, folder: Path, name: str, *, threads: int = 0) -> None:
        self.name = name
        self._folder = folder
        self._threads = threads
        model = _json(folder / "config.json")
        self.dimensions: int = model["hidden_size"]
        self._pad: int = model.get("pad_token_id") or 0
        self.max_tokens: int = _json(folder / "sentence_bert_config.json")["max_seq_length"]
        self._prompts = _prompts(folder)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, in order: (len(texts), dimensions)."""
        prompt = self._prompts.get("passage") or self._prompts.get("document") or ""
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _TOKENIZED_TOGETHER):
            some = texts[start : start + _TOKENIZED_TOGETHER]
            vectors[start : start + len(some)] = self._encode([prompt + text for text in some])
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Unit vector of a query: (dimensions,)."""
        encoding = self._tokenizer.encode(sound(self._prompts.get("query", "") + text))
        vector: Vectors = self._run([self._truncated(encoding.ids)])[0]
        return vector

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many model tokens each text takes, without prompt and special tokens."""
        encodings = self._tokenizer.encode_batch_fast([sound(t) for t in texts], add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]

    def _encode(self, prompted: list[str]) -> Vectors:
        encodings = self._tokenizer.encode_batch_fast([sound(text) for text in prompted])
        ids = [self._truncated(encoding.ids) for encoding in encodings]
        vectors = np.empty((len(ids), self.dimensions), np.float32)
        grouped = list(batches([len(i) for i in ids], tokens=_BATCH_TOKENS))
        made = self._workers.map(self._run, [[ids[position] for position in batch] for batch in grouped])
        for batch, states in zip(grouped, made, strict=True):
            vectors[batch] = states
        return vectors

    def _truncated(self, ids: list[int]) -> list[int]:
        """At most `max_tokens` ids, the closing special token kept."""
        return ids if len(ids) <= self.max_tokens else [*ids[: self.max_tokens - 1], ids[-1]]

    def _run(self, batch: list[list[int]]) -> Vectors:
        longest = max(len(ids) for ids in batch)
        inputs: dict[str, Ids] = {
            "input_ids": np.array([ids + [self._pad] * (longest - len(ids)) for ids in batch], np.int64),
            "attention_mask": np.array([[1] * len(ids) + [0] * (longest - len(ids)) for ids in batch], np.int64),
        }
        inputs["token_type_ids"] = np.zeros_like(inputs["input_ids"])
        asked = {field.name for field in self._session.get_inputs()}
        (states,) = self._session.run(
            ["last_hidden_state"], {name: ids for name, ids in inputs.items() if name in asked}
        )
        return _unit_means(states, inputs["attention_mask"])

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads or os.cpu_count() or 1, thread_name_prefix="kb-encoder")

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        path = self._folder / "tokenizer.json"
        try:
            tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises nothing narrower
            raise _unreadable(path, error) from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        # A batch a core, not a part of each batch: cores need not wait for each other at every matrix.
        options.intra_op_num_threads = 1
        # The arena keeps the memory of the largest batch for good, and takes a tenth of a second to make.
        options.enable_cpu_mem_arena = False
        path = self._folder / _GRAPH
        try:
            return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # the library raises nothing narrower
            raise _unreadable(path, error) from error


def _unit_means(states: Vectors, mask: Ids) -> Vectors:
    """Mean of the states of real tokens, brought to length 1: (batch, sequence, d) → (batch, d)."""
    weights = mask.astype(np.float32)
    sums = np.einsum("bsd,bs->bd", states, weights)
    means = sums / weights.sum(axis=1, keepdims=True)
    unit: Vectors = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    return unit


def _prompts(folder: Path) -> dict[str, str]:
    path = folder / "config_sentence_transformers.json"
    return dict(_json(path).get("prompts") or {}) if path.is_file() else {}


def _pools_by_mean(pooling: dict[str, Any]) -> bool:
    if not pooling.get("include_prompt", True):
        return False
    modes = {key for key, on in pooling.items() if key.startswith("pooling_mode_") and on}
    return modes == {"pooling_mode_mean_tokens"} or pooling.get("pooling_mode") == "mean"


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _unreadable(path: Path, error: Exception) -> UnusableModel:
    return UnusableModel(
        f"{path} : ce fichier du modèle ne peut pas être lu ({error}). "
        "Supprimez le dossier du modèle pour qu’il soit refait, ou désignez un autre modèle avec KB_MODEL."
    )
