"""BERT as 6-layer MiniLM, written down as plain ONNX: token ids in, one unit row out.

`ids` is [texts, tokens] without padding, so there is no mask: the encoder takes one text at a time. Mean pooling and
L2 normalisation are part of the graph. Devlin et al. 2019; Wang et al. 2020 (MiniLM); Reimers & Gurevych 2019.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Tensors = dict[str, NDArray[np.float32]]
LAYERS, HIDDEN, HEADS = 6, 384, 12
HEAD = HIDDEN // HEADS
OPSET, IR = 20, 10  # Gelu stands in opset 20; IR 10 is read by every onnxruntime since 1.18


class Graph:
    """Collects nodes and constants; every verb returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def ints(self, *values: int) -> str:
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, np.int64))

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> str:
        """Add one node. With several outputs the name of the first; the others end in `_1`, `_2`, …"""
        name = f"{kind}_{len(self.nodes)}"
        names = [name, *(f"{name}_{n}" for n in range(1, outputs))]
        self.nodes.append(helper.make_node(kind, inputs, names, name, **attributes))
        return name

    def linear(self, x: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        product = self.op("MatMul", x, self.constant(f"{name}.weight", weight.T))
        return self.op("Add", product, self.constant(f"{name}.bias", bias))

    def norm(self, x: str, name: str, t: Tensors) -> str:
        scale, shift = (self.constant(f"{name}.{part}", t[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-12)


def write(t: Tensors, path: Path) -> None:
    """Write the fp32 model for these weights."""
    g = Graph()
    x = embed(g, t)
    for layer in range(LAYERS):
        x = block(g, x, f"encoder.layer.{layer}", t)
    pooled = g.op("ReduceMean", x, g.ints(1), keepdims=0)
    g.op("LpNormalization", pooled, axis=-1, p=2)
    g.nodes[-1].output[0] = "rows"
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"])
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["texts", HIDDEN])
    graph = helper.make_graph(g.nodes, "all-MiniLM-L6-v2", [ids], [rows], list(g.constants.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def embed(g: Graph, t: Tensors) -> str:
    """Words plus positions; a text is always segment 0, so that row is folded into the positions."""
    words = g.op("Gather", g.constant("words", t["embeddings.word_embeddings.weight"]), "ids")
    length = g.op("Shape", "ids", start=1, end=2)
    places = t["embeddings.position_embeddings.weight"] + t["embeddings.token_type_embeddings.weight"][0]
    here = g.op("Slice", g.constant("places", places), g.ints(0), length)
    return g.norm(g.op("Add", words, here), "embeddings.LayerNorm", t)


def block(g: Graph, x: str, name: str, t: Tensors) -> str:
    """One layer: attention, then the two-step feed-forward, each added to its input and normalised."""
    mixed = dense(g, attend(g, x, f"{name}.attention.self", t), f"{name}.attention.output.dense", t)
    x = g.norm(g.op("Add", x, mixed), f"{name}.attention.output.LayerNorm", t)
    wide = g.op("Gelu", dense(g, x, f"{name}.intermediate.dense", t), approximate="none")
    return g.norm(g.op("Add", x, dense(g, wide, f"{name}.output.dense", t)), f"{name}.output.LayerNorm", t)


def attend(g: Graph, x: str, name: str, t: Tensors) -> str:
    """Query, key and value in one product (one quantisation of x, not three), the 1/√32 folded into the query."""
    parts = {"query": HEAD**-0.5, "key": 1.0, "value": 1.0}
    weight = np.concatenate([t[f"{name}.{p}.weight"] * np.float32(s) for p, s in parts.items()])
    bias = np.concatenate([t[f"{name}.{p}.bias"] * np.float32(s) for p, s in parts.items()])
    qkv = g.op("Split", g.linear(x, name, weight, bias), outputs=3, axis=-1, num_outputs=3)
    per_head = [g.op("Reshape", part, g.ints(0, 0, HEADS, HEAD)) for part in (qkv, f"{qkv}_1", f"{qkv}_2")]
    orders = [0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]
    q, k, v = (g.op("Transpose", h, perm=order) for h, order in zip(per_head, orders, strict=True))
    attention = g.op("Softmax", g.op("MatMul", q, k), axis=-1)
    joined = g.op("Transpose", g.op("MatMul", attention, v), perm=[0, 2, 1, 3])
    return g.op("Reshape", joined, g.ints(0, 0, HIDDEN))


def dense(g: Graph, x: str, name: str, t: Tensors) -> str:
    return g.linear(x, name, t[f"{name}.weight"], t[f"{name}.bias"])


def quantise(plain: Path, target: Path, precision: str) -> None:
    """Dynamic int8, one scale per output channel: per tensor, the cosine with fp32 falls from .99 to .97."""
    if precision == "fp32":
        target.write_bytes(plain.read_bytes())
        return
    if precision not in {"int8", "int8-reduced"}:
        raise ValueError(f"SEGUE_ENCODER_PRECISION is {precision!r}; it can be int8, int8-reduced or fp32.")
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)  # it advises a shape inference that changes nothing in this graph
    quantize_dynamic(
        plain,
        target,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=precision == "int8-reduced",
        op_types_to_quantize=["MatMul", "Gather"],
        extra_options={"MatMulConstBOnly": True},
    )
