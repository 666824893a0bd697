"""An ordinary sentence-transformers folder, written from plain values.

It is written here, and not by sentence-transformers, so that unpacking needs neither torch nor its five
seconds of import; the tests load the folder with sentence-transformers itself.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from kb.encoder.e5s1 import E5S1, Floats, Shape, Vocabulary

MASK = "<mask>"
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
"""`document` too: it is the name that `SentenceTransformer.encode_document` looks for first."""

_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_KINDS = {"w": "weight", "b": "bias"}


def state_dict(model: E5S1) -> dict[str, Floats]:
    """The tensors under the names and shapes of transformers' BertModel."""
    hidden = model.shape.hidden
    tensors = {
        "embeddings.word_embeddings.weight": model.tensors["emb.word"].reshape(-1, hidden),
        "embeddings.position_embeddings.weight": model.tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": model.tensors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": model.tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": model.tensors["emb.ln.b"],
        # The pooler plays no part in mean pooling; without it transformers warns of missing weights.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(model.shape.layers):
        for short, long in _LAYER_PARTS.items():
            for kind, suffix in _KINDS.items():
                values = model.tensors[f"l{layer}.{short}.{kind}"]
                matrix = kind == "w" and not short.endswith("ln")
                tensors[f"encoder.layer.{layer}.{long}.{suffix}"] = (
                    _matrix(values, short, model.shape) if matrix else values
                )
    return tensors


def tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """XLM-RoBERTa's tokenizer: NFKC and a few characters apart, metaspace, Unigram, `<s> … </s>`."""
    made = Tokenizer(models.Unigram(list(vocabulary.pieces), vocabulary.unk, False))
    # The table of the file is NFKC but for the controls it drops and the separators (newlines, zero-width
    # characters…) it turns into spaces. NFKC itself is kept for the rest: unlike the table, it composes
    # « e » + U+0301 into « é », as the original model does.
    made.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_one_of(vocabulary.dropped), ""),
            normalizers.Replace(_one_of(vocabulary.spaces), " "),
            normalizers.NFKC(),
        ]
    )
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("▁", prepend_scheme="always")]
    )
    made.decoder = decoders.Metaspace("▁", prepend_scheme="always")
    bos, eos = vocabulary.pieces[vocabulary.bos][0], vocabulary.pieces[vocabulary.eos][0]
    made.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    made.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in _special(vocabulary)])
    return made


def write_folder(folder: Path, model: E5S1, weights: dict[str, Floats]) -> None:
    """Write all that `SentenceTransformer(folder)` reads. weights: as BertModel names them, see `state_dict`."""
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer(model.vocabulary).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _configurations(model).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _matrix(values: Floats, short: str, shape: Shape) -> Floats:
    columns = shape.feed_forward if short == "fo" else shape.hidden
    return values.reshape(-1, columns)


def _one_of(characters: str) -> Regex:
    return Regex(f"[{re.escape(characters)}]")


def _special(vocabulary: Vocabulary) -> list[str]:
    ids = (vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unk)
    return [vocabulary.pieces[i][0] for i in ids] + [MASK]


def _configurations(model: E5S1) -> dict[str, Any]:
    shape = model.shape
    return {
        "config.json": _bert(model),
        "tokenizer_config.json": _tokenizer_configuration(model),
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }


def _bert(model: E5S1) -> dict[str, Any]:
    shape = model.shape
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "hidden_act": "gelu",
        "hidden_size": shape.hidden,
        "intermediate_size": shape.feed_forward,
        "layer_norm_eps": float(f"{shape.epsilon:.6g}"),
        "max_position_embeddings": shape.positions,
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "pad_token_id": model.vocabulary.pad,
        "type_vocab_size": shape.token_types,
        "vocab_size": shape.vocabulary,
    }


def _tokenizer_configuration(model: E5S1) -> dict[str, Any]:
    bos, pad, eos, unk, mask = _special(model.vocabulary)
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": model.shape.positions,
        "padding_side": "right",
        "bos_token": bos,
        "cls_token": bos,
        "eos_token": eos,
        "sep_token": eos,
        "pad_token": pad,
        "unk_token": unk,
        "mask_token": mask,
    }
