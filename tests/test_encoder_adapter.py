"""An adapter is merged into the bundled model, and what an index remembers says so."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save

from kb.encoder import Encoder, bundled
from kb.encoder import adapter as adapters
from kb.encoder.adapter import Adapter, merge, read_adapter
from kb.encoder.load import load_encoder
from kb.errors import ModelMismatch, UnusableModel
from kb.library import open_library
from kb.settings import Settings, settings

MATRIX = "encoder.layer.11.output.dense"
TEXT = "Le réseau de chaleur dessert 3 100 logements sociaux."


def write_adapter(folder: Path, *, seed: int = 1, base: str = bundled.IDENTITY, name: str = MATRIX) -> Path:
    """A random adapter of rank 2 on one matrix of the feed-forward network: (384, 1536)."""
    chance = np.random.default_rng(seed)
    factors = {
        f"{name}.A": chance.normal(size=(2, 1536)).astype(np.float16),
        f"{name}.B": chance.normal(scale=0.02, size=(384, 2)).astype(np.float16),
    }
    data = save(factors)
    card = {"base": base, "sha256": hashlib.sha256(data).hexdigest(), "rank": 2, "alpha": 4.0}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter.safetensors").write_bytes(data)
    (folder / "adapter.json").write_text(json.dumps(card))
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_adapter(tmp_path / "adapter")


@pytest.fixture
def adapter(folder: Path) -> Adapter:
    return read_adapter(folder, bundled.IDENTITY)


@pytest.fixture(scope="module")
def adapted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings under which the bundled model is unpacked with an adapter. Half a gigabyte, not kept."""
    home = tmp_path_factory.mktemp("adapted")
    yield Settings(models=home / "models", adapter=str(write_adapter(home / "adapter")))
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def bare() -> Encoder:
    return load_encoder(Settings(adapter="none"))


# --- merging -----------------------------------------------------------------------------------------------


def test_a_matrix_gains_the_scaled_product_of_its_factors() -> None:
    weights = {"m.weight": np.array([[1, 2], [3, 4]], np.float32)}
    factors = (np.array([[1, 10]], np.float32), np.array([[2], [3]], np.float32))
    merged = merge(weights, Adapter("0" * 8, 0.5, {"m": factors}))
    assert merged["m.weight"].tolist() == [[2, 12], [4.5, 19]]


def test_merging_leaves_the_weights_it_was_given() -> None:
    weights = {"m.weight": np.ones((2, 2), np.float32)}
    merge(weights, Adapter("0" * 8, 1.0, {"m": (np.ones((1, 2), np.float32), np.ones((2, 1), np.float32))}))
    assert weights["m.weight"].tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("name", ["m", "other"])
def test_factors_that_fit_no_matrix_are_refused(name: str) -> None:
    weights = {"m.weight": np.ones((2, 3), np.float32)}
    factors = (np.ones((1, 2), np.float32), np.ones((2, 1), np.float32))
    with pytest.raises(UnusableModel, match=f"« {name} » ne correspond à aucune matrice"):
        merge(weights, Adapter("0" * 8, 1.0, {name: factors}))


# --- the unpacked model ------------------------------------------------------------------------------------


def test_the_unpacked_weights_are_those_computed_by_hand(adapted: Settings) -> None:
    load_encoder(adapted)
    (unpacked,) = adapted.models.glob("*+*/model.safetensors")
    plain = load_file(bundled.unpack(settings().models / bundled.NAME) / "model.safetensors")
    data = load_file(Path(adapted.adapter) / "adapter.safetensors")
    a, b = (data[f"{MATRIX}.{letter}"].astype(np.float32) for letter in "AB")
    expected = plain[f"{MATRIX}.weight"] + 4.0 / 2 * (b @ a)
    assert np.allclose(load_file(unpacked)[f"{MATRIX}.weight"], expected, atol=1e-6)


def test_the_vectors_are_those_of_the_adapted_folder(adapted: Settings) -> None:
    """The ONNX graph and the sentence-transformers folder carry the same adapter."""
    from sentence_transformers import SentenceTransformer

    encoder = load_encoder(adapted)
    (graph,) = adapted.models.glob("*+*/onnx")
    reference = SentenceTransformer(str(graph.parent), local_files_only=True, device="cpu").encode_document([TEXT])[0]
    assert float(encoder.encode_passages([TEXT])[0] @ reference) >= 0.998  # 8 bits beside 32


def test_an_adapter_changes_the_vectors(adapted: Settings, bare: Encoder) -> None:
    assert float(load_encoder(adapted).encode_query(TEXT) @ bare.encode_query(TEXT)) < 0.999


def test_the_folders_of_two_adapters_stand_side_by_side(adapted: Settings, tmp_path: Path) -> None:
    other = read_adapter(write_adapter(tmp_path, seed=2), bundled.IDENTITY)
    mine = read_adapter(Path(adapted.adapter), bundled.IDENTITY)
    assert len({bundled.folder_name(some) for some in (None, mine, other)}) == 3


def test_a_folder_of_another_adapter_is_not_whole(adapter: Adapter) -> None:
    plain = bundled.unpack(settings().models / bundled.NAME)
    assert (bundled.is_whole(plain), bundled.is_whole(plain, adapter)) == (True, False)


# --- what is remembered ------------------------------------------------------------------------------------


def test_without_an_adapter_the_model_is_named_by_its_source_alone(bare: Encoder) -> None:
    assert bare.name == bundled.IDENTITY + bundled.PRECISION


def test_an_adapter_is_part_of_the_models_name(adapted: Settings) -> None:
    digest = read_adapter(Path(adapted.adapter), bundled.IDENTITY).digest
    assert load_encoder(adapted).name == f"{bundled.IDENTITY}{bundled.PRECISION}+{digest}"


def test_other_factors_change_the_digest(adapter: Adapter, tmp_path: Path) -> None:
    assert read_adapter(write_adapter(tmp_path, seed=2), bundled.IDENTITY).digest != adapter.digest


def test_another_scale_changes_the_digest(folder: Path, adapter: Adapter) -> None:
    card = json.loads((folder / "adapter.json").read_text())
    (folder / "adapter.json").write_text(json.dumps(card | {"alpha": 8.0}))
    assert read_adapter(folder, bundled.IDENTITY).digest != adapter.digest


def test_what_the_card_tells_beside_does_not_change_the_digest(folder: Path, adapter: Adapter) -> None:
    card = json.loads((folder / "adapter.json").read_text())
    (folder / "adapter.json").write_text(json.dumps(card | {"made": "2026-01-01"}))
    assert read_adapter(folder, bundled.IDENTITY).digest == adapter.digest


def test_an_index_made_without_the_adapter_asks_for_a_rebuild(
    adapted: Settings, bare: Encoder, config: Settings
) -> None:
    open_library(config, bare, any_model=True).store.reset(bare.name)
    with pytest.raises(ModelMismatch, match="kb rebuild"):
        open_library(config, load_encoder(adapted))


# --- the setting -------------------------------------------------------------------------------------------


def test_none_turns_the_shipped_adapter_off(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(adapters, "SHIPPED", folder)
    assert adapters.chosen("none", bundled.IDENTITY) is None


def test_the_shipped_adapter_is_the_default(monkeypatch: pytest.MonkeyPatch, folder: Path, adapter: Adapter) -> None:
    monkeypatch.setattr(adapters, "SHIPPED", folder)
    chosen = adapters.chosen("", bundled.IDENTITY)
    assert chosen is not None
    assert chosen.digest == adapter.digest


def test_where_none_is_shipped_the_default_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(adapters, "SHIPPED", tmp_path / "absent")
    assert adapters.chosen("", bundled.IDENTITY) is None


def test_an_adapter_beside_another_model_is_refused(folder: Path) -> None:
    with pytest.raises(UnusableModel, match="ne vaut que pour le modèle fourni"):
        load_encoder(Settings(model="/nulle/part", adapter=str(folder)))


# --- what is refused ---------------------------------------------------------------------------------------


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    write_adapter(tmp_path, base="autre@0123456789ab")
    with pytest.raises(UnusableModel, match="a été fait pour le modèle « autre@0123456789ab »"):
        read_adapter(tmp_path, bundled.IDENTITY)


def test_an_absent_adapter_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableModel, match=r"adapter\.json : ce fichier de l’adaptateur est absent.*KB_ADAPTER"):
        load_encoder(Settings(adapter=str(tmp_path / "absent")))


def test_a_truncated_adapter_is_refused(folder: Path) -> None:
    weights = folder / "adapter.safetensors"
    weights.write_bytes(weights.read_bytes()[:-64])
    with pytest.raises(UnusableModel, match="tronqué ou altéré"):
        read_adapter(folder, bundled.IDENTITY)


@pytest.mark.parametrize("card", ["", "[]", "{}", '{"base": "x", "sha256": "y", "rank": 0, "alpha": 1}'])
def test_a_card_that_does_not_describe_an_adapter_is_refused(folder: Path, card: str) -> None:
    (folder / "adapter.json").write_text(card)
    with pytest.raises(UnusableModel, match="il manque ce qui décrit l’adaptateur"):
        read_adapter(folder, bundled.IDENTITY)


def test_weights_that_are_not_safetensors_are_refused(folder: Path) -> None:
    (folder / "adapter.safetensors").write_bytes(b"not tensors")
    card = json.loads((folder / "adapter.json").read_text())
    card["sha256"] = hashlib.sha256(b"not tensors").hexdigest()
    (folder / "adapter.json").write_text(json.dumps(card))
    with pytest.raises(UnusableModel, match="n’est pas un adaptateur"):
        read_adapter(folder, bundled.IDENTITY)
