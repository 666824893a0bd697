"""BERT as an ONNX graph: the same weights, for onnxruntime.

The graph is written node by node: torch's exporter would cost a five-second import and packages of its own,
and BERT is a dozen lines. It uses standard operators only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from kb.encoder.e5s1 import Floats, Shape

INPUTS = ("input_ids", "attention_mask")
OUTPUT = "last_hidden_state"
GRAPH_FILE = "model.onnx"
WEIGHTS_FILE = "model.onnx_data"

_OPSET = 20
"""The first one with Gelu; onnxruntime 1.17 and later read it."""
_IR_VERSION = 10
_PAGE = 4096
_MASKED = -3.4e38


@dataclass(slots=True)
class _Graph:
    """The nodes and constants written so far; values are called by name.

    Large constants go straight to `file`: onnx would hold two copies of each in memory until the end.
    """

    weights: dict[str, Floats]
    file: BinaryIO
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def small(self, name: str, values: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def large(self, name: str, values: Floats) -> str:
        self.file.write(bytes(-self.file.tell() % _PAGE))
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=values.shape)
        tensor.data_location = TensorProto.EXTERNAL
        place = {"location": WEIGHTS_FILE, "offset": self.file.tell(), "length": values.nbytes}
        tensor.external_data.extend(
            onnx.StringStringEntryProto(key=key, value=str(value)) for key, value in place.items()
        )
        self.file.write(np.ascontiguousarray(values).data)
        self.constants.append(tensor)
        return name

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        return name

    def weight_and_bias(self, part: str, *, transpose: bool = False) -> tuple[str, str]:
        weight, bias = (self.weights[f"{part}.{kind}"] for kind in ("weight", "bias"))
        return self.large(f"{part}.weight", weight.T if transpose else weight), self.large(f"{part}.bias", bias)

    def linear(self, x: str, part: str) -> str:
        weight, bias = self.weight_and_bias(part, transpose=True)
        return self.node("Add", self.node("MatMul", x, weight), bias)

    def layer_norm(self, x: str, part: str, epsilon: float) -> str:
        return self.node("LayerNormalization", x, *self.weight_and_bias(part), axis=-1, epsilon=epsilon)


def write_graph(folder: Path, weights: dict[str, Floats], shape: Shape) -> None:
    """Write `model.onnx` and its weights into `folder`.

    weights: named as in transformers' BertModel. The weights stand in a file of their own because onnxruntime
    then maps them: a process that answers one query touches only the rows of the words it needs.
    """
    with (folder / WEIGHTS_FILE).open("wb") as file:
        graph = _graph(_Graph(weights, file), shape)
    opsets = [helper.make_opsetid("", _OPSET)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION), folder / GRAPH_FILE)


def _graph(graph: _Graph, shape: Shape) -> onnx.GraphProto:
    mask = _additive_mask(graph)
    heads = graph.small("heads", np.array([0, 0, shape.heads, shape.hidden // shape.heads], np.int64))
    whole = graph.small("whole", np.array([0, 0, shape.hidden], np.int64))
    root = graph.small("root", np.array(math.sqrt(shape.hidden // shape.heads), np.float32))
    x = _embeddings(graph, shape)
    for number in range(shape.layers):
        layer = f"encoder.layer.{number}"
        attended = _attention(graph, x, f"{layer}.attention.self", mask, (heads, whole, root))
        projected = graph.linear(attended, f"{layer}.attention.output.dense")
        summed = graph.node("Add", projected, x)
        x = graph.layer_norm(summed, f"{layer}.attention.output.LayerNorm", shape.epsilon)
        wide = graph.node("Gelu", graph.linear(x, f"{layer}.intermediate.dense"))
        narrow = graph.linear(wide, f"{layer}.output.dense")
        x = graph.layer_norm(graph.node("Add", narrow, x), f"{layer}.output.LayerNorm", shape.epsilon)
    graph.nodes.append(helper.make_node("Identity", [x], [OUTPUT], OUTPUT))
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in INPUTS]
    output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", "sequence", shape.hidden])
    return helper.make_graph(graph.nodes, "bert", inputs, [output], graph.constants)


def _embeddings(graph: _Graph, shape: Shape) -> str:
    """Word + position + type, normalised. No text is paired: the type is 0, folded into positions."""
    table = "embeddings.{}_embeddings.weight"
    words = graph.large("words", graph.weights[table.format("word")])
    types = graph.weights[table.format("token_type")]
    positions = graph.large("positions", graph.weights[table.format("position")] + types[0])
    zero, one, two = (graph.small(f"int_{i}", np.array([i], np.int64)) for i in range(3))
    length = graph.node("Slice", graph.node("Shape", INPUTS[0]), one, two)
    here = graph.node("Slice", positions, zero, length, zero)
    return graph.layer_norm(
        graph.node("Add", graph.node("Gather", words, INPUTS[0]), here), "embeddings.LayerNorm", shape.epsilon
    )


def _additive_mask(graph: _Graph) -> str:
    """0 where there is a token, a very large negative number elsewhere: (batch, 1, 1, sequence)."""
    axes = graph.small("mask_axes", np.array([1, 2], np.int64))
    present = graph.node("Unsqueeze", graph.node("Cast", INPUTS[1], to=TensorProto.FLOAT), axes)
    one = graph.small("one", np.array(1, np.float32))
    masked = graph.small("masked", np.array(_MASKED, np.float32))
    return graph.node("Mul", graph.node("Sub", one, present), masked)


def _attention(graph: _Graph, x: str, part: str, mask: str, constants: tuple[str, str, str]) -> str:
    """Scaled dot-product attention over heads."""
    heads, whole, root = constants

    def split(name: str, order: list[int]) -> str:
        return graph.node("Transpose", graph.node("Reshape", graph.linear(x, f"{part}.{name}"), heads), perm=order)

    query, key, value = split("query", [0, 2, 1, 3]), split("key", [0, 2, 3, 1]), split("value", [0, 2, 1, 3])
    scores = graph.node("Add", graph.node("Div", graph.node("MatMul", query, key), root), mask)
    mixed = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), value)
    return graph.node("Reshape", graph.node("Transpose", mixed, perm=[0, 2, 1, 3]), whole)
