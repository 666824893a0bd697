from __future__ import annotations

import logging
import shutil
from pathlib import Path

import numpy as np
import pytest

from kb.encoder import Encoder, bundled
from kb.encoder.bundled import unpack
from kb.encoder.load import load_encoder
from kb.errors import UnusableModel
from kb.settings import Settings, settings


@pytest.fixture(scope="module")
def without_graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real model as sentence-transformers would save it, without ONNX; its weights are a link."""
    real = unpack(settings().models / bundled.NAME)
    copy = tmp_path_factory.mktemp("models") / "mon-modele"
    shutil.copytree(real, copy, ignore=shutil.ignore_patterns("onnx", "*.safetensors"))
    (copy / "model.safetensors").symlink_to((real / "model.safetensors").resolve())
    return copy


@pytest.fixture(scope="module")
def other(without_graph: Path) -> Encoder:
    return load_encoder(Settings(model=str(without_graph)))


def test_the_bundled_model_is_named_by_its_source() -> None:
    assert load_encoder(Settings(adapter="none")).name == "multilingual-e5-small@1571fc982750-int8"


def test_another_folder_is_named_after_itself_and_its_content(other: Encoder) -> None:
    name, _, fingerprint = other.name.partition("@")
    assert name == "mon-modele"
    assert len(fingerprint) == 12


def test_retrained_weights_of_the_same_size_change_the_name(tmp_path: Path) -> None:
    folder = tmp_path / "modele"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    weights = np.arange(500_000, dtype=np.float32)
    weights.tofile(folder / "model.safetensors")
    before = load_encoder(Settings(model=str(folder))).name
    (weights * 1.001).tofile(folder / "model.safetensors")
    assert load_encoder(Settings(model=str(folder))).name != before


def test_the_same_folder_elsewhere_keeps_its_name(tmp_path: Path) -> None:
    for parent in ("a", "b"):
        (tmp_path / parent / "modele").mkdir(parents=True)
        (tmp_path / parent / "modele" / "config.json").write_text("{}")
    names = {load_encoder(Settings(model=str(tmp_path / parent / "modele"))).name for parent in ("a", "b")}
    assert len(names) == 1


def test_another_model_gives_the_vectors_of_sentence_transformers_with_its_prompts(other: Encoder) -> None:
    """The same weights by another road, in 32 bits and not in 8: nearly the same vectors, prompts included."""
    reference, text = load_encoder(Settings(adapter="none")), "L’œuvre « collective » coûte 12\u202f000\u00a0€"
    assert float(other.encode_query(text) @ reference.encode_query(text)) >= 0.998
    assert float(other.encode_passages([text])[0] @ reference.encode_passages([text])[0]) >= 0.998


def test_another_model_tells_its_sizes(other: Encoder) -> None:
    assert (other.dimensions, other.max_tokens) == (384, 512)


def test_another_model_counts_tokens_alike(other: Encoder) -> None:
    texts = ["", "eau", "aujourd’hui l’eau " * 300]
    assert other.token_counts(texts) == load_encoder(Settings(adapter="none")).token_counts(texts)


def test_another_model_takes_a_lone_surrogate_and_an_empty_list(other: Encoder) -> None:
    assert other.encode_passages(["caf\udce9"]).shape == (1, 384)
    assert other.encode_passages([]).shape == (0, 384)


def test_unpacking_is_told_by_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="kb.encoder.load"):
        load_encoder(Settings(models=tmp_path))
    shutil.rmtree(tmp_path)
    assert "Préparation du modèle multilingual-e5-small" in caplog.text


def test_an_absent_folder_is_told() -> None:
    with pytest.raises(UnusableModel, match="le dossier « /nulle/part » n’existe pas"):
        load_encoder(Settings(model="/nulle/part"))


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match="ne contient pas de modèle"):
        load_encoder(Settings(model=str(tmp_path)))


def test_a_hub_name_is_refused_offline_with_the_way_out() -> None:
    with pytest.raises(UnusableModel, match="KB_OFFLINE=false"):
        load_encoder(Settings(model="personne/modele-inexistant"))


def test_a_folder_with_broken_weights_is_told_when_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    (tmp_path / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(UnusableModel, match="ne peut pas être chargé"):
        load_encoder(Settings(model=str(tmp_path))).encode_query("eau")
