"""From a training step to an adapter that the product merges: losses, corrections, files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from kb.encoder import bundled
from kb.encoder.adapter import merge, read_adapter
from kb.encoder.bundled import unpack
from kb.encoder.load import load_encoder
from kb.evaluate import measured
from kb.settings import Settings, settings
from training.blend import blend
from training.card import write_adapter
from training.judge import interval
from training.lora import Lora, adapt, without
from training.losses import contrast, forgetting
from training.model import Student
from training.train import Plan

TINY = {"vocab_size": 20, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
IDS = torch.tensor([[1, 2, 3, 4]])


@pytest.fixture
def bert() -> BertModel:
    torch.manual_seed(1)
    return BertModel(BertConfig(**TINY), add_pooling_layer=False).eval()


def shaken(bert: BertModel, *, first: int = 0) -> dict[str, Lora]:
    """Corrections that correct something: B is at 0 before training."""
    adapters = adapt(bert, rank=2, alpha=4.0, first=first)
    for adapter in adapters.values():
        torch.nn.init.normal_(adapter.B, std=0.1)
    return adapters


def loaded(weights: dict[str, np.ndarray]) -> BertModel:
    model = BertModel(BertConfig(**TINY), add_pooling_layer=False).eval()
    model.load_state_dict({name: torch.from_numpy(np.array(values)) for name, values in weights.items()})
    return model


def states(bert: BertModel) -> torch.Tensor:
    with torch.no_grad():
        return bert(input_ids=IDS).last_hidden_state


# --- corrections -------------------------------------------------------------------------------------------


def test_all_linear_maps_of_all_layers_are_corrected(bert: BertModel) -> None:
    assert len(adapt(bert, rank=2, alpha=4.0)) == 2 * 6


def test_only_the_upper_layers_are_corrected_where_they_are_asked_for(bert: BertModel) -> None:
    assert {name.split(".")[2] for name in adapt(bert, rank=2, alpha=4.0, first=1)} == {"1"}


def test_an_untrained_correction_changes_nothing(bert: BertModel) -> None:
    before = states(bert)
    adapt(bert, rank=2, alpha=4.0)
    assert torch.allclose(states(bert), before)


def test_only_the_corrections_are_trained(bert: BertModel) -> None:
    adapt(bert, rank=2, alpha=4.0)
    assert {name.rsplit(".", 1)[-1] for name, p in bert.named_parameters() if p.requires_grad} == {"A", "B"}


def test_without_its_corrections_the_model_is_as_before(bert: BertModel) -> None:
    before = states(bert)
    adapters = shaken(bert)
    with without(adapters):
        assert torch.allclose(states(bert), before)
    assert not torch.allclose(states(bert), before)


def test_what_is_merged_from_the_files_is_what_was_trained(bert: BertModel, tmp_path: Path) -> None:
    weights = {name: values.numpy().copy() for name, values in bert.state_dict().items()}
    write_adapter(tmp_path, shaken(bert), Plan(rank=2, alpha=4.0, share=1.0), {"base": "tiny"})
    merged = loaded(merge(weights, read_adapter(tmp_path, "tiny")))
    assert torch.allclose(states(merged), states(bert), atol=1e-3)  # the files are in fp16


def test_an_adapter_that_goes_on_from_another_corrects_what_both_do(bert: BertModel, tmp_path: Path) -> None:
    """The first corrects both layers, the second the upper one alone."""
    weights = {name: values.numpy().copy() for name, values in bert.state_dict().items()}
    write_adapter(tmp_path / "first", shaken(bert), Plan(rank=2, alpha=4.0, share=1.0), {"base": "tiny"})
    first = read_adapter(tmp_path / "first", "tiny")

    again = loaded(merge(weights, first))
    adapters = shaken(again, first=1)
    write_adapter(tmp_path / "second", adapters, Plan(rank=2, alpha=4.0, share=1.0), {"base": "tiny"}, first)
    second = read_adapter(tmp_path / "second", "tiny")
    assert set(second.factors) == set(first.factors)
    assert torch.allclose(states(loaded(merge(weights, second))), states(again), atol=1e-3)


def test_a_share_of_the_correction_is_kept(bert: BertModel, tmp_path: Path) -> None:
    adapters = shaken(bert)
    for share in (1.0, 0.5):
        write_adapter(tmp_path / str(share), adapters, Plan(rank=2, alpha=4.0, share=share), {"base": "tiny"})
    whole, half = (read_adapter(tmp_path / str(share), "tiny") for share in (1.0, 0.5))
    for name, (a, b) in whole.factors.items():
        assert np.allclose(
            0.5 * whole.scale * (b @ a), half.scale * (half.factors[name][1] @ half.factors[name][0]), atol=1e-3
        )


def test_the_card_names_base_data_and_plan(bert: BertModel, tmp_path: Path) -> None:
    facts = {"base": "tiny", "data": [{"set": "jeu", "licence": "MIT"}], "steps": 3}
    write_adapter(tmp_path, shaken(bert), Plan(rank=2, alpha=4.0, share=1.0, seed=11), facts)
    card = json.loads((tmp_path / "adapter.json").read_text(encoding="utf-8"))
    assert (card["base"], card["data"][0]["licence"], card["steps"], card["plan"]["seed"]) == ("tiny", "MIT", 3, 11)


def test_a_blend_corrects_as_its_parts_do_together(bert: BertModel, tmp_path: Path) -> None:
    weights = {name: values.numpy().copy() for name, values in bert.state_dict().items()}
    for name in ("first", "second"):
        write_adapter(tmp_path / name, shaken(loaded(weights)), Plan(rank=2, alpha=4.0, share=1.0), {"base": "tiny"})
    parts = {tmp_path / "first": 0.75, tmp_path / "second": 0.25}
    blend(tmp_path / "both", parts, base="tiny")
    expected = {name: values.copy() for name, values in weights.items()}
    for folder, share in parts.items():
        for name, values in merge(weights, read_adapter(folder, "tiny")).items():
            expected[name] = expected[name] + share * (values - weights[name])
    found = merge(weights, read_adapter(tmp_path / "both", "tiny"))
    assert all(np.allclose(found[name], expected[name], atol=1e-3) for name in weights)


def test_a_blend_names_its_parts(bert: BertModel, tmp_path: Path) -> None:
    write_adapter(tmp_path / "one", shaken(bert), Plan(rank=2, seed=11), {"base": "tiny"})
    blend(tmp_path / "both", {tmp_path / "one": 0.5}, base="tiny")
    (part,) = json.loads((tmp_path / "both" / "adapter.json").read_text(encoding="utf-8"))["parts"]
    assert (part["share"], part["plan"]["seed"]) == (0.5, 11)


# --- the student -------------------------------------------------------------------------------------------

SAID = [
    "Le réseau de chaleur dessert trois quartiers.",
    "L’eau.",
    "La fibre arrive enfin dans les villages de montagne.",
]


@pytest.fixture(scope="module")
def student() -> Student:
    return Student(unpack(settings().models / bundled.NAME), upper=2, rank=2, alpha=4.0, longest=128)


@pytest.mark.parametrize("kind", ["query", "passage"])
def test_before_training_its_vectors_are_those_of_the_product(student: Student, kind: str) -> None:
    encoder = load_encoder(Settings(adapter="none"))
    encode = {"query": lambda: np.stack([encoder.encode_query(text) for text in SAID])}
    expected = encode.get(kind, lambda: encoder.encode_passages(SAID))()
    found = student.vectors(kind, SAID).detach().numpy()
    assert np.einsum("nd,nd->n", expected, found).min() > 0.998  # 8 bits beside 32


def test_what_it_was_before_training_stays(student: Student) -> None:
    before = student.before("passage", SAID).clone()
    for adapter in student.adapters.values():
        torch.nn.init.normal_(adapter.B, std=0.1)
    assert torch.equal(student.before("passage", SAID), before)
    assert not torch.allclose(student.vectors("passage", SAID), before, atol=1e-3)
    for adapter in student.adapters.values():
        torch.nn.init.zeros_(adapter.B)
    assert torch.allclose(student.vectors("passage", SAID), before, atol=1e-3)


# --- losses ------------------------------------------------------------------------------------------------


def test_pairs_that_match_cost_less_than_pairs_that_do_not() -> None:
    axes = torch.eye(3)
    matched = contrast(axes, axes, ["a", "b", "c"], temperature=0.1)
    assert matched < contrast(axes, axes.roll(1, 0), ["a", "b", "c"], temperature=0.1)


def test_passages_of_the_same_document_are_no_negatives() -> None:
    same = torch.ones(2, 4) / 2
    assert contrast(same, same, ["a", "a"], temperature=0.1).item() == pytest.approx(0, abs=1e-6)
    assert contrast(same, same, ["a", "b"], temperature=0.1).item() == pytest.approx(np.log(2), abs=1e-6)


def test_a_model_that_moved_nothing_forgot_nothing() -> None:
    vectors = torch.nn.functional.normalize(torch.arange(12.0).reshape(4, 3).sin(), dim=-1)
    assert forgetting(vectors, vectors, temperature=0.1).item() == pytest.approx(0, abs=1e-6)


def test_a_model_that_changed_neighbours_forgot_something() -> None:
    assert forgetting(torch.eye(3)[[0, 0, 1]], torch.eye(3)[[0, 1, 1]], temperature=0.1).item() > 1


# --- judging -----------------------------------------------------------------------------------------------


def test_a_query_that_finds_nothing_scores_0() -> None:
    assert measured({"q1": {"p": 1}, "q2": {"p": 1}}, {"q1": {"p": 1.0}, "q2": {}}) == {"q1": 1.0, "q2": 0.0}


def test_a_difference_that_never_varies_has_no_width() -> None:
    assert interval([0.25] * 10) == (0.25, 0.25)


def test_the_interval_is_that_of_the_mean() -> None:
    low, high = interval(np.random.default_rng(1).normal(0.1, 1.0, 400))
    assert low < 0.1 < high
    assert high - low == pytest.approx(2 * 1.96 / 20, rel=0.15)
