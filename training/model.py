"""The model being trained: texts to unit vectors, as the product makes them, but with gradients in its upper layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils.rnn import pad_sequence
from transformers import BertModel

from kb.encoder.adapter import Adapter, merge
from kb.encoder.model_folder import PROMPTS
from training.lora import adapt, without

_ABSENT = -1e4
"""What is added to the attention to a place without a token: nothing is left of it, and 16 bits hold it."""
_LONGEST_QUERY = 64
"""Tokens; longer ones are cut, for speed: what they are about shows in their beginning."""
_AT_ONCE = {"cpu": 16, "cuda": 512}


@dataclass(frozen=True, slots=True)
class _Known:
    """Of one text: states of its tokens below the upper layers, in fp16, and its vector before any training."""

    states: Tensor
    before: Tensor


class Student:
    """A BERT of an unpacked folder, with its prompts and mean pooling. No dropout: small data, one pass or two.

    Its `upper` layers are corrected (`adapters`, by name); those below stay as they are, so what they say of a text is
    computed once and kept for as long as the student lives (768 bytes a token). start: an adapter to go on from.
    longest: tokens of a passage, the rest being cut. device: "cpu" or "cuda".
    """

    def __init__(
        self,
        folder: Path,
        *,
        upper: int,
        rank: int,
        alpha: float,
        longest: int,
        device: str = "cpu",
        start: Adapter | None = None,
    ) -> None:
        bert = BertModel.from_pretrained(str(folder), add_pooling_layer=False, local_files_only=True).eval()
        if start:
            weights = {name: values.numpy() for name, values in bert.state_dict().items()}
            bert.load_state_dict({name: torch.from_numpy(w) for name, w in merge(weights, start).items()})
        first = len(bert.encoder.layer) - upper
        self.adapters = adapt(bert, rank=rank, alpha=alpha, first=first)
        self.device = torch.device(device)
        bert.to(self.device)
        self._bert, self._lower, self._upper = bert, bert.encoder.layer[:first], bert.encoder.layer[first:]
        self._longest: Mapping[str, int] = {"query": _LONGEST_QUERY, "passage": longest}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._known: dict[tuple[str, str], _Known] = {}

    def vectors(self, kind: str, texts: Sequence[str]) -> Tensor:
        """Unit vectors: (len(texts), dimensions). kind: "query" or "passage"."""
        self._look_at(kind, texts)
        states = [self._known[kind, text].states for text in texts]
        return self._pooled(pad_sequence(states, batch_first=True).float(), self._mask(map(len, states)))

    def before(self, kind: str, texts: Sequence[str]) -> Tensor:
        """Unit vectors as they were before any training: (len(texts), dimensions)."""
        self._look_at(kind, texts)
        return torch.stack([self._known[kind, text].before for text in texts])

    def _pooled(self, states: Tensor, mask: Tensor) -> Tensor:
        said = _through(self._upper, states, mask)
        return normalize((said * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=-1)

    def _mask(self, lengths: Iterable[int]) -> Tensor:
        """1 where there is a token: (texts, tokens)."""
        ends = torch.tensor(list(lengths))
        return (torch.arange(int(ends.max())) < ends[:, None]).float().to(self.device)

    @torch.no_grad()
    def _look_at(self, kind: str, texts: Sequence[str]) -> None:
        """Have the lower layers read what they have not read yet; texts of one length together."""
        unknown = [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]
        self._tokenizer.enable_truncation(self._longest[kind])
        encoded = self._tokenizer.encode_batch([PROMPTS[kind] + text for text in unknown])
        order = sorted(range(len(unknown)), key=lambda i: len(encoded[i].ids))
        at_once = _AT_ONCE[self.device.type]
        for first in range(0, len(order), at_once):
            some = order[first : first + at_once]
            ids = [torch.tensor(encoded[i].ids) for i in some]
            mask = self._mask(map(len, ids))
            words = self._bert.embeddings(input_ids=pad_sequence(ids, batch_first=True).to(self.device))
            read = _through(self._lower, words, mask)
            with without(self.adapters):
                before = self._pooled(read, mask)
            for i, tokens, states, vector in zip(some, ids, read, before, strict=True):
                self._known[kind, unknown[i]] = _Known(states[: len(tokens)].half().clone(), vector.clone())


def _through(layers: nn.ModuleList, states: Tensor, mask: Tensor) -> Tensor:
    """Through these layers; mask: 1 where there is a token, (texts, tokens)."""
    absent = (1 - mask)[:, None, None, :] * _ABSENT
    for layer in layers:
        said = layer(states, absent)
        states = said[0] if isinstance(said, tuple) else said
    return states.float()
