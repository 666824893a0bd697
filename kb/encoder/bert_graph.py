"""BERT as an ONNX graph for onnxruntime, its matrices multiplied in 8 bits: twice as fast as in 32.

The graph is written node by node: torch's exporter would cost a five-second import and packages of its own,
and BERT is a dozen lines. One operator is onnxruntime's own: a product of bytes that gives floats.

Each column of a matrix has a scale of its own, and so has each token (W8A8, as in Dettmers et al., « LLM.int8() »,
2022, without their outliers); what enters attention in the last layers is in two bytes, as most of what 8 bits lose is
lost there. Embeddings, attention scores and norms stay in 32 bits. docs/performance.md has what it gains and costs.
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
_ITS_OWN = "com.microsoft"
_PAGE = 4096
_MASKED = -3.4e38
_MOST = 127
_STEP, _HALF_STEP = 1 / 255, 1 / _MOST
"""What a byte stands for, where numbers are from 0 to 1, and from -1 to 1."""
_FINE_LAYERS = 4
_FINER = 1 / (2 * _MOST)
_LEAST_SCALE = 1e-9
_ORDERS = ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
"""Of query, key and value: heads before tokens, and the key transposed."""
_GELU_LEAST = -0.17
"""GELU gives nothing below -0.16998."""


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

    def large(self, name: str, values: NDArray[Any]) -> str:
        self.file.write(bytes(-self.file.tell() % _PAGE))
        kind = TensorProto.INT8 if values.dtype == np.int8 else TensorProto.FLOAT
        tensor = TensorProto(name=name, data_type=kind, dims=values.shape)
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

    def shares(self, x: str, least: float | None) -> tuple[str, str]:
        """Each token's numbers over the largest of them, and that number.

        least: what no number is below, and where they are counted from; None where they lie on both sides of 0.
        """
        if least is None:
            top = self.node("Abs", x)
        else:
            x = top = self.node("Add", x, self.small(f"above_{len(self.nodes)}", np.array(-least, np.float32)))
        most = self.node("Max", self.node("ReduceMax", top, "last_axis", keepdims=1), "least_scale")
        return self.node("Div", x, most), most

    def product(self, in_bytes: str, matrix: str, zero: str, steps: str) -> str:
        """Of bytes, each column times its step: floats are made of the sums while these are in registers."""
        inputs = (in_bytes, matrix, "whole_step", steps, zero)
        return self.node("MatMulIntegerToFloat", *inputs, domain=_ITS_OWN)

    def linear(self, x: str, *parts: str, least: float | None = None, fine: bool = False) -> str:
        """x · Wᵀ + b of one linear map, or of several side by side.

        least: what no number of x is below. fine: what a byte leaves of each number is multiplied too.
        """
        weight = np.concatenate([self.weights[f"{part}.weight"] for part in parts])
        bias = np.concatenate([self.weights[f"{part}.bias"] for part in parts])
        scales = np.abs(weight).max(axis=1) / _MOST
        scales[scales == 0] = 1.0
        rounded = np.rint(weight / scales[:, None]).astype(np.int8)
        if least is not None:  # W x = W (x - least) + W least
            bias = bias + least * scales * rounded.sum(axis=1, dtype=np.int64)
        shares, most = self.shares(x, least)
        step, zero, unit = ("step", "zero", _STEP) if least is not None else ("half_step", "half_zero", _HALF_STEP)
        matrix = self.large(f"{parts[0]}.weight", rounded.T)
        steps = self.large(f"{parts[0]}.scale", _floats(scales * unit))
        in_bytes = self.node("QuantizeLinear", shares, step, zero)
        product = self.product(in_bytes, matrix, zero, steps)
        if fine:
            rest = self.node("Sub", shares, self.node("DequantizeLinear", in_bytes, step, zero))
            more = self.product(self.node("QuantizeLinear", rest, "fine_step", zero), matrix, zero, steps)
            product = self.node("Add", product, self.node("Mul", more, "finer"))
        return self.node("Add", self.node("Mul", product, most), self.large(f"{parts[0]}.bias", _floats(bias)))

    def layer_norm(self, x: str, part: str, epsilon: float) -> str:
        weight, bias = (self.large(f"{part}.{kind}", self.weights[f"{part}.{kind}"]) for kind in ("weight", "bias"))
        return self.node("LayerNormalization", x, weight, bias, axis=-1, epsilon=epsilon)


def _floats(values: NDArray[Any]) -> Floats:
    return values.astype(np.float32)


def write_graph(folder: Path, weights: dict[str, Floats], shape: Shape) -> None:
    """Write `model.onnx` and its weights into `folder`.

    weights: named as in transformers' BertModel. The weights stand in a file of their own because onnxruntime
    then maps them: a process that answers one query touches only the rows of the words it needs.
    """
    with (folder / WEIGHTS_FILE).open("wb") as file:
        graph = _graph(_Graph(weights, file), shape)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_ITS_OWN, 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION), folder / GRAPH_FILE)


def _graph(graph: _Graph, shape: Shape) -> onnx.GraphProto:
    _scales(graph)
    mask = _additive_mask(graph)
    heads = graph.small("heads", np.array([0, 0, shape.heads, shape.hidden // shape.heads], np.int64))
    whole = graph.small("whole", np.array([0, 0, shape.hidden], np.int64))
    root = graph.small("root", np.array(math.sqrt(shape.hidden // shape.heads), np.float32))
    x = _embeddings(graph, shape)
    for number in range(shape.layers):
        layer = f"encoder.layer.{number}"
        fine = number >= shape.layers - _FINE_LAYERS
        attended = _attention(graph, x, f"{layer}.attention.self", mask, (heads, whole, root), fine=fine)
        projected = graph.linear(attended, f"{layer}.attention.output.dense")
        summed = graph.node("Add", projected, x)
        x = graph.layer_norm(summed, f"{layer}.attention.output.LayerNorm", shape.epsilon)
        wide = graph.node("Gelu", graph.linear(x, f"{layer}.intermediate.dense"))
        narrow = graph.linear(wide, f"{layer}.output.dense", least=_GELU_LEAST)
        x = graph.layer_norm(graph.node("Add", narrow, x), f"{layer}.output.LayerNorm", shape.epsilon)
    graph.nodes.append(helper.make_node("Identity", [x], [OUTPUT], OUTPUT))
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in INPUTS]
    output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", "sequence", shape.hidden])
    return helper.make_graph(graph.nodes, "bert", inputs, [output], graph.constants)


def _scales(graph: _Graph) -> None:
    """What all maps share to bring numbers to bytes."""
    graph.small("last_axis", np.array([-1], np.int64))
    for name, value in (
        ("least_scale", _LEAST_SCALE),
        ("step", _STEP),
        ("half_step", _HALF_STEP),
        ("fine_step", _HALF_STEP * _FINER),
        ("finer", _FINER),
        ("whole_step", 1.0),
    ):
        graph.small(name, np.array(value, np.float32))
    graph.small("zero", np.array(0, np.uint8))
    graph.small("half_zero", np.array(_MOST + 1, np.uint8))


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


def _attention(graph: _Graph, x: str, part: str, mask: str, constants: tuple[str, str, str], *, fine: bool) -> str:
    """Scaled dot-product attention over heads."""
    heads, whole, root = constants
    names = [f"{part}.{name}" for name in ("query", "key", "value")]
    three = [f"{name}.out" for name in names]
    together = graph.linear(x, *names, fine=fine)
    graph.nodes.append(helper.make_node("Split", [together], three, f"{part}.split", axis=-1, num_outputs=3))

    def split(name: str, order: list[int]) -> str:
        return graph.node("Transpose", graph.node("Reshape", name, heads), perm=order)

    query, key, value = (split(n, order) for n, order in zip(three, _ORDERS, strict=True))
    scores = graph.node("Add", graph.node("Div", graph.node("MatMul", query, key), root), mask)
    mixed = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), value)
    return graph.node("Reshape", graph.node("Transpose", mixed, perm=[0, 2, 1, 3]), whole)
