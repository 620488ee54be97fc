"""The packaged MiniLM as a PyTorch module with three outputs, and back into an ONNX file of the same shape.

Needs torch and onnx, which nothing else does: ``uv run --with torch --with onnx …``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional

from server.adapters.weights import embedder_path

WIDTH, INNER, LAYERS, HEADS, WORDS, PLACES = 384, 1536, 6, 12, 30522, 512
CLS, SEP = 101, 102
LINEAR = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "up": "intermediate.dense",
    "down": "output.dense",
}
NORMS = {"after_attention": "attention.output.LayerNorm", "after_all": "output.LayerNorm"}
DROPOUT = 0.1
ZERO = 128
"""Where unsigned int8 weights are nought."""


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.after_attention, self.after_all = (nn.LayerNorm(WIDTH, eps=1e-12) for _ in range(2))
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x: torch.Tensor, blocked: torch.Tensor) -> torch.Tensor:
        many, long, _ = x.shape

        def heads(y: torch.Tensor) -> torch.Tensor:
            return y.view(many, long, HEADS, WIDTH // HEADS).transpose(1, 2)

        query, key, value = heads(self.query(x)), heads(self.key(x)), heads(self.value(x))
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=blocked.to(query.dtype))
        x = self.after_attention(x + self.drop(self.out(mixed.transpose(1, 2).reshape(many, long, WIDTH))))
        return self.after_all(x + self.drop(self.down(functional.gelu(self.up(x)))))


class CrossEncoder(nn.Module):
    """Word pieces, sides (0 statement, 1 passage) and mask, each (n, length), to three logits."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places, self.sides = (nn.Embedding(size, WIDTH) for size in (WORDS, PLACES, 2))
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.head = nn.Linear(2 * WIDTH, 3)
        self.drop = nn.Dropout(DROPOUT)

    def encoder_parameters(self) -> Iterator[nn.Parameter]:
        """What is trained beside the head; the embeddings stay as they are."""
        return self.layers.parameters()

    def forward(self, ids: torch.Tensor, sides: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        x = self.norm(self.words(ids) + self.places(torch.arange(ids.shape[1])) + self.sides(sides))
        blocked = torch.where(mask[:, None, None, :], 0.0, -1e9)
        for layer in self.layers:
            x = layer(x, blocked)
        x, passage = x.float(), (mask & (sides == 1)).float()
        mean = (x * passage[:, :, None]).sum(1) / passage.sum(1, keepdim=True).clamp(min=1)
        return self.head(self.drop(torch.cat([x[:, 0], mean], -1)))


class Course:
    """What is learned in so many steps: the rate rises over the first of them and falls from there."""

    def __init__(self, model: CrossEncoder, rate: float, head_rate: float, steps: int) -> None:
        self._trained = [*model.encoder_parameters(), *model.head.parameters()]
        groups = [
            {"params": list(model.encoder_parameters()), "lr": rate},
            {"params": list(model.head.parameters()), "lr": head_rate},
        ]
        self._optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer, lambda step: min(1.0, (step + 1) / (0.06 * steps)) * max(0.02, 1 - step / steps)
        )

    def step(self, loss: torch.Tensor) -> None:
        self._optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._trained, 1.0)
        self._optimizer.step()
        self._schedule.step()


def load(onward: Path | None = None) -> CrossEncoder:
    """With the packaged weights and a new head, or as an earlier ``export`` left it."""
    graph = onnx.load(str(onward or embedder_path())).graph
    stored = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    model = CrossEncoder()

    def fill(parameter: nn.Parameter, value: np.ndarray) -> None:
        with torch.no_grad():
            parameter.copy_(torch.tensor(np.asarray(value, np.float32)))

    prefix = "inner.embeddings."
    fill(model.words.weight, _whole(stored, f"{prefix}word_embeddings.weight"))
    fill(model.places.weight, _whole(stored, f"{prefix}position_embeddings.weight"))
    fill(model.sides.weight, stored[f"{prefix}token_type_embeddings.weight"])
    fill(model.norm.weight, stored[f"{prefix}LayerNorm.weight"])
    fill(model.norm.bias, stored[f"{prefix}LayerNorm.bias"])
    matrices = _matrices(graph)
    for place, layer in enumerate(model.layers):
        for name, path in LINEAR.items():
            bias = f"inner.encoder.layer.{place}.{path}.bias"
            fill(getattr(layer, name).weight, _whole(stored, matrices[bias]).T)
            fill(getattr(layer, name).bias, stored[bias])
        for name, path in NORMS.items():
            for part in ("weight", "bias"):
                fill(getattr(getattr(layer, name), part), stored[f"inner.encoder.layer.{place}.{path}.{part}"])
    if onward:
        fill(model.head.weight, stored["head_weight"].T)
        fill(model.head.bias, stored["head_bias"])
    for module in (model.words, model.places, model.sides, model.norm):
        module.requires_grad_(False)
    return model


def export(model: CrossEncoder, out: Path) -> None:
    """The packaged graph with the trained weights, int8 by column and multiplied as such, and the head behind it."""
    whole = onnx.load(str(embedder_path()))
    graph, matrices = whole.graph, _matrices(whole.graph)
    trained: dict[str, np.ndarray] = {}
    values = {name: value.detach().numpy().astype(np.float32) for name, value in model.state_dict().items()}
    for place in range(LAYERS):
        for name, path in LINEAR.items():
            bias = f"inner.encoder.layer.{place}.{path}.bias"
            matrix = values[f"layers.{place}.{name}.weight"].T
            scale = np.abs(matrix).max(axis=0, keepdims=True) / 127
            trained[f"{matrices[bias]}_q"] = np.round(matrix / scale).astype(np.int8)
            trained[f"{matrices[bias]}_scale"] = scale
            trained[bias] = values[f"layers.{place}.{name}.bias"]
        for name, path in NORMS.items():
            for part in ("weight", "bias"):
                trained[f"inner.encoder.layer.{place}.{path}.{part}"] = values[f"layers.{place}.{name}.{part}"]
    for item in graph.initializer:
        if item.name in trained:
            item.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(trained.pop(item.name)), item.name))
    assert not trained
    _look_up_first(graph)
    _multiply_integers(graph)
    _add_head(graph, values["head.weight"].T.copy(), values["head.bias"])
    onnx.checker.check_model(whole)
    onnx.save(whole, str(out))


def _look_up_first(graph: onnx.GraphProto) -> None:
    """Makes floats of the words asked for, not of all 30,522, which the runtime would keep in memory beside the int8 ones."""
    table = "inner.embeddings.word_embeddings.weight"
    scaled = next(node for node in graph.node if node.op_type == "Mul" and f"{table}_scale" in node.input)
    cast = next(node for node in graph.node if scaled.input[0] in node.output)
    looked_up = next(node for node in graph.node if node.op_type == "Gather" and node.input[0] == scaled.output[0])
    ids, out = looked_up.input[1], looked_up.output[0]
    new = [
        helper.make_node("Gather", [f"{table}_q", ids], ["words_int8"]),
        helper.make_node("Cast", ["words_int8"], ["words_float"], to=TensorProto.FLOAT),
        helper.make_node("Gather", [f"{table}_scale", ids], ["words_scale"]),
        helper.make_node("Mul", ["words_float", "words_scale"], [out]),
    ]
    _put_instead(graph, looked_up, new, (cast, scaled, looked_up))


def _put_instead(
    graph: onnx.GraphProto, at: onnx.NodeProto, new: Sequence[onnx.NodeProto], old: Sequence[onnx.NodeProto]
) -> None:
    """New nodes where ``at`` is, and none of the old."""
    place = list(graph.node).index(at)
    for offset, node in enumerate(new):
        graph.node.insert(place + offset, node)
    for node in old:
        graph.node.remove(node)


def _multiply_integers(graph: onnx.GraphProto) -> None:
    """Multiplies integers where the packaged graph makes floats of the weights, which the runtime would keep as such.

    Weights become unsigned, by 128 more: processors without VNNI let sums of signed ones overflow.
    """
    stored = {item.name: item for item in graph.initializer}
    maker = {name: node for node in graph.node for name in node.output}
    for name in _matrices(graph).values():
        scaled = next(node for node in graph.node if node.op_type == "Mul" and f"{name}_scale" in node.input)
        product = next(node for node in graph.node if scaled.output[0] in node.input)
        weights = numpy_helper.to_array(stored[f"{name}_q"]).astype(np.int16) + ZERO
        stored[f"{name}_q"].CopyFrom(numpy_helper.from_array(weights.astype(np.uint8), f"{name}_q"))
        node = helper.make_node
        new = [
            node("DynamicQuantizeLinear", [product.input[0]], [f"{name}_x", f"{name}_x_scale", f"{name}_x_zero"]),
            node("MatMulInteger", [f"{name}_x", f"{name}_q", f"{name}_x_zero", "weights_zero"], [f"{name}_sums"]),
            node("Cast", [f"{name}_sums"], [f"{name}_product"], to=TensorProto.FLOAT),
            node("Mul", [f"{name}_x_scale", f"{name}_scale"], [f"{name}_unit"]),
            node("Mul", [f"{name}_product", f"{name}_unit"], [product.output[0]]),
        ]
        _put_instead(graph, product, new, (maker[scaled.input[0]], scaled, product))
    graph.initializer.append(numpy_helper.from_array(np.array(ZERO, np.uint8), "weights_zero"))


def _add_head(graph: onnx.GraphProto, weight: np.ndarray, bias: np.ndarray) -> None:
    """Logits of the first place's state beside the mean state of the passage, and these states themselves."""
    constants = {"two": np.array([2]), "one": np.array([1]), "first": np.array(0), "weight": weight, "bias": bias}
    graph.initializer.extend(numpy_helper.from_array(value, f"head_{name}") for name, value in constants.items())
    states, node = graph.output[0].name, helper.make_node
    graph.node.extend(
        [
            node("Cast", ["token_type_ids"], ["head_passage"], to=TensorProto.FLOAT),
            node("Unsqueeze", ["head_passage", "head_two"], ["head_column"]),
            node("Mul", [states, "head_column"], ["head_states"]),
            node("ReduceSum", ["head_states", "head_one"], ["head_sum"], keepdims=0),
            node("ReduceSum", ["head_passage", "head_one"], ["head_length"], keepdims=1),
            node("Div", ["head_sum", "head_length"], ["head_mean"]),
            node("Gather", [states, "head_first"], ["head_cls"], axis=1),
            node("Concat", ["head_cls", "head_mean"], ["states"], axis=1),
            node("MatMul", ["states", "head_weight"], ["head_product"]),
            node("Add", ["head_product", "head_bias"], ["logits"]),
        ]
    )
    del graph.output[:]
    for name, width in (("logits", 3), ("states", 2 * WIDTH)):
        graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width]))


def _whole(stored: dict[str, np.ndarray], name: str) -> np.ndarray:
    integers = stored[f"{name}_q"].astype(np.float32)
    return (integers - ZERO if stored[f"{name}_q"].dtype == np.uint8 else integers) * stored[f"{name}_scale"]


def _matrices(graph: onnx.GraphProto) -> dict[str, str]:
    """Names of the int8 matrices, which the export numbered, by the bias that is added to their product."""
    maker = {name: node for node in graph.node for name in node.output}
    user = {name: node for node in reversed(graph.node) for name in node.input}
    found: dict[str, str] = {}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            added = user[user[user[node.output[0]].output[0]].output[0]]  # after Cast and Mul
            found[added.input[1]] = node.input[1].removesuffix("_q")
        scaled = maker.get(node.input[1]) if node.op_type == "MatMul" else None
        if scaled is not None and scaled.op_type == "Mul" and scaled.input[1].endswith("_scale"):
            found[user[node.output[0]].input[1]] = scaled.input[1].removesuffix("_scale")
    return found
