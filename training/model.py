"""The model being trained: texts to unit vectors, as the product makes them, but with gradients."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel

from kb.encoder.model_folder import PROMPTS

QUERY_TOKENS, PASSAGE_TOKENS = 64, 160
"""Longer texts are cut, for speed: what they are about shows in their beginning."""


class Student:
    """A BERT of an unpacked folder, with its prompts and mean pooling. No dropout: small data, one pass or two."""

    def __init__(self, folder: Path) -> None:
        self.bert = BertModel.from_pretrained(str(folder), add_pooling_layer=False, local_files_only=True).eval()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_padding(pad_id=self.bert.config.pad_token_id or 0)

    def queries(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors: (len(texts), dimensions)."""
        return self._encode([PROMPTS["query"] + text for text in texts], QUERY_TOKENS)

    def passages(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors: (len(texts), dimensions)."""
        return self._encode([PROMPTS["passage"] + text for text in texts], PASSAGE_TOKENS)

    def _encode(self, texts: list[str], longest: int) -> Tensor:
        self._tokenizer.enable_truncation(longest)
        encoded = self._tokenizer.encode_batch(texts)
        ids = torch.tensor([e.ids for e in encoded])
        mask = torch.tensor([e.attention_mask for e in encoded])
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        return torch.nn.functional.normalize((states * weights).sum(1) / weights.sum(1), dim=-1)
