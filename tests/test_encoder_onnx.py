from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.encoder import Encoder, bundled
from kb.encoder.bundled import unpack
from kb.encoder.onnx_encoder import OnnxEncoder, runs_by_onnx
from kb.errors import UnusableModel
from kb.settings import settings


@pytest.fixture(scope="module")
def folder() -> Path:
    """The real unpacked model: only to be read."""
    return unpack(settings().models / bundled.NAME)


@pytest.fixture
def described(folder: Path, tmp_path: Path) -> Path:
    """A copy of the model without its weights: enough to decide how it would be run."""
    copy = tmp_path / "model"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("*.safetensors", "*.onnx_data"))
    return copy


def test_vectors_are_in_the_order_of_the_texts(encoder: Encoder) -> None:
    texts = ["court", "un texte un peu plus long que les autres " * 9, "moyen, sans plus", "court aussi"]
    one_by_one = np.stack([encoder.encode_passages([text])[0] for text in texts])
    assert np.allclose(encoder.encode_passages(texts), one_by_one, atol=1e-5)


def test_vectors_are_units_in_single_precision(encoder: Encoder) -> None:
    vectors = encoder.encode_passages(["l’eau", "la fibre", ""])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_query_and_a_passage_have_different_prompts(encoder: Encoder) -> None:
    text = "le réseau de chaleur"
    assert float(encoder.encode_query(text) @ encoder.encode_passages([text])[0]) < 0.999


def test_a_question_is_nearest_to_its_answer(encoder: Encoder) -> None:
    passages = encoder.encode_passages(
        [
            "Le centre-ville a retrouvé douze commerces en trois ans.",
            "La chaufferie au bois alimente les logements de trois quartiers.",
            "Les données de mobilité appartiennent à la métropole.",
        ]
    )
    query = encoder.encode_query("Comment sont chauffés les immeubles ?")
    assert int(np.argmax(passages @ query)) == 1


def test_no_passage_gives_no_vector(encoder: Encoder) -> None:
    assert encoder.encode_passages([]).shape == (0, 384)


def test_a_text_longer_than_the_model_reads_is_cut(encoder: Encoder) -> None:
    long = "eau " * 3000
    assert np.allclose(encoder.encode_passages([long]), encoder.encode_passages([long + "fibre"]), atol=1e-6)


def test_tokens_are_counted_without_prompt_or_special_tokens_or_limit(encoder: Encoder) -> None:
    assert encoder.token_counts(["", "de", "de " * 700]) == [0, 1, 700]


def test_a_lone_surrogate_does_not_stop_a_query(encoder: Encoder) -> None:
    assert encoder.encode_query("caf\udce9").shape == (encoder.dimensions,)


def test_a_new_process_answers_without_torch() -> None:
    code = (
        "import sys; from kb.encoder.load import load_encoder; from kb.settings import Settings;"
        "e = load_encoder(Settings()); e.encode_query('eau'); e.encode_passages(['eau']); e.token_counts(['eau']);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read in /proc")
def test_a_new_process_answers_within_900_megabytes() -> None:
    code = (
        "import re; from kb.encoder.load import load_encoder; from kb.settings import Settings;"
        "load_encoder(Settings()).encode_query('eau');"
        "print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 900_000


def test_a_mean_pooled_folder_with_a_graph_runs_by_onnx(described: Path) -> None:
    assert runs_by_onnx(described)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("1_Pooling/config.json", '{"pooling_mode_cls_token": true}'),
        ("1_Pooling/config.json", '{"pooling_mode": "cls"}'),
        ("sentence_bert_config.json", '{"max_seq_length": 512, "do_lower_case": true}'),
        ("modules.json", '[{"type": "sentence_transformers.models.Transformer"}]'),
        ("modules.json", "not JSON"),
    ],
)
def test_a_folder_that_pools_or_reads_otherwise_does_not(described: Path, name: str, content: str) -> None:
    (described / name).write_text(content)
    assert not runs_by_onnx(described)


def test_a_folder_without_a_graph_does_not(described: Path) -> None:
    shutil.rmtree(described / "onnx")
    assert not runs_by_onnx(described)


def test_a_graph_without_its_weights_is_told_with_its_name(described: Path) -> None:
    with pytest.raises(UnusableModel, match=r"model\.onnx : ce fichier du modèle ne peut pas être lu"):
        OnnxEncoder(described, "sans poids").encode_query("eau")


def test_an_unreadable_tokenizer_is_told_with_its_name(described: Path) -> None:
    (described / "tokenizer.json").write_text("{")
    with pytest.raises(UnusableModel, match=r"tokenizer\.json"):
        OnnxEncoder(described, "sans mots").token_counts(["eau"])
