"""From a training step to an adapter that the product merges: losses, corrections, files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from kb.encoder.adapter import merge, read_adapter
from kb.evaluate import measured
from training.card import write_adapter
from training.judge import interval
from training.lora import Lora, adapt, without
from training.losses import contrast, forgetting
from training.train import Plan

TINY = {"vocab_size": 20, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
IDS = torch.tensor([[1, 2, 3, 4]])


@pytest.fixture
def bert() -> BertModel:
    torch.manual_seed(1)
    return BertModel(BertConfig(**TINY), add_pooling_layer=False).eval()


def shaken(bert: BertModel) -> dict[str, Lora]:
    """Corrections that correct something: B is at 0 before training."""
    adapters = adapt(bert, rank=2, alpha=4.0)
    for adapter in adapters.values():
        torch.nn.init.normal_(adapter.B, std=0.1)
    return adapters


def states(bert: BertModel) -> torch.Tensor:
    with torch.no_grad():
        return bert(input_ids=IDS).last_hidden_state


# --- corrections -------------------------------------------------------------------------------------------


def test_all_linear_maps_of_all_layers_are_corrected(bert: BertModel) -> None:
    assert len(adapt(bert, rank=2, alpha=4.0)) == 2 * 6


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
    merged = BertModel(BertConfig(**TINY), add_pooling_layer=False).eval()
    values = merge(weights, read_adapter(tmp_path, "tiny"))
    merged.load_state_dict({name: torch.from_numpy(np.array(v)) for name, v in values.items()})
    assert torch.allclose(states(merged), states(bert), atol=1e-3)  # the files are in fp16


def test_the_card_names_base_data_and_plan(bert: BertModel, tmp_path: Path) -> None:
    facts = {"base": "tiny", "data": [{"set": "jeu", "licence": "MIT"}], "steps": 3}
    write_adapter(tmp_path, shaken(bert), Plan(rank=2, alpha=4.0, share=1.0, seed=11), facts)
    card = json.loads((tmp_path / "adapter.json").read_text(encoding="utf-8"))
    assert (card["base"], card["data"][0]["licence"], card["steps"], card["plan"]["seed"]) == ("tiny", "MIT", 3, 11)


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
