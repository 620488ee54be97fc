"""The reader as a PyTorch module: a BERT that reads a statement and a passage. Loads the weights that training starts from,
and exports an int8 ONNX file.

Needs torch and onnx, which the server doesn't: see docs/reader.md.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from hotseat.domain.acts import Act
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from torch.nn import functional

VERDICTS = ("neither", "says", "denies")
"""Order of the three logits."""
WIDTH, HEADS, VOCABULARY, POSITIONS = 384, 12, 30522, 512


class Layer(nn.Module):
    """One BERT layer."""

    def __init__(self) -> None:
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.attended = nn.LayerNorm(WIDTH, eps=1e-12)
        self.widen, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.done = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """``states`` (n, tokens, width); ``mask`` (n, 1, 1, tokens) is added to the attention logits."""
        n, tokens, _ = states.shape
        shape = (n, tokens, HEADS, WIDTH // HEADS)
        query, key, value = (part(states).reshape(shape).transpose(1, 2) for part in (self.query, self.key, self.value))
        with torch.autocast("cpu", enabled=False):  # softmax in the type that the products have: half the memory traffic
            weights = torch.softmax(query * (WIDTH / HEADS) ** -0.5 @ key.transpose(2, 3) + mask.to(query.dtype), -1)
            found = (weights @ value).transpose(1, 2).reshape(n, tokens, WIDTH)
        states = self.attended(states + self.out(found))
        return self.done(states + self.narrow(functional.gelu(self.widen(states))))


class ReaderNetwork(nn.Module):
    """Statement and passage in; says / denies / neither for the pair and evidence for each token out.

    With a question in place of the statement it tells what the passage does: its act.
    """

    def __init__(self, layers: int) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.sides = nn.Embedding(2, WIDTH)
        self.embedded = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.verdict = nn.Linear(2 * WIDTH, len(VERDICTS))
        self.evidence = nn.Linear(WIDTH, 2)
        self.act = nn.Linear((layers + 1) * WIDTH, len(Act))
        self.dropout = nn.Dropout(0.1)

    def forward(
        self, ids: torch.Tensor, mask: torch.Tensor, sides: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Verdict logits (n, 3), evidence logits (n, tokens, 2; says, denies) and logits of acts (n, acts).

        All of shape (n, tokens): token ids of statement and passage, ones where there is a token, ones in the passage.
        """
        states = self.words(ids) + self.positions(torch.arange(ids.shape[1])) + self.sides(sides)
        states = self.dropout(self.embedded(states))
        unseen = ((1.0 - mask.float()) * -10000.0)[:, None, None, :]
        passage = (mask * sides).float().unsqueeze(2)
        words = passage.sum(1).clamp(min=1)
        means = [(states.float() * passage).sum(1) / words]  # the first layers still tell the words, the last what they mean
        for layer in self.layers:
            states = layer(states, unseen)
            means.append((states.float() * passage).sum(1) / words)
        states = states.float()
        pooled = self.dropout(torch.cat([states[:, 0], means[-1]], -1))
        return self.verdict(pooled), self.evidence(states), self.act(torch.cat(means, -1))


def from_onnx(model: Path) -> ReaderNetwork:
    """The network with the weights of a file that ``export`` wrote, but for the layer that tells acts, which is fitted last."""
    graph = onnx.load(str(model)).graph
    stored = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    makers = {out: node for node in graph.node for out in node.output}
    found = {name: value for name, value in stored.items() if value.dtype == np.float32 and "." in name}
    for name in stored:
        if name.endswith(".weight_quantized"):
            found[name.removesuffix("_quantized")] = _dequantised(stored, name)
    for node in graph.node:  # a linear layer's matrix has no name of its own: the bias that is added to its product has
        bias = next((name for name in node.input if name.endswith(".bias")), None)
        if node.op_type != "Add" or bias is None:
            continue
        product = next(name for name in node.input if name != bias)
        while makers[product].op_type != "MatMulInteger":
            product = next(name for name in makers[product].input if name in makers and "scale" not in name)
        found[bias.replace(".bias", ".weight")] = _dequantised(stored, makers[product].input[1]).T
    network = ReaderNetwork(1 + max(int(name.split(".")[1]) for name in found if name.startswith("layers.")))
    known = {name: torch.tensor(found[name].copy()) for name in network.state_dict() if not name.startswith("act.")}
    network.load_state_dict(known, strict=False)
    return network


def _dequantised(stored: dict[str, np.ndarray], quantised: str) -> np.ndarray:
    base = quantised.removesuffix("_quantized")
    zero = stored[f"{base}_zero_point"].astype(np.float32)
    return ((stored[quantised].astype(np.float32) - zero) * stored[f"{base}_scale"]).astype(np.float32)


def export(network: ReaderNetwork, out: Path) -> None:
    """An ONNX file with int8 weights (per column) and dynamically quantised activations."""
    network = network.eval()
    whole = out.with_suffix(".fp32.onnx")
    example = torch.ones(1, 8, dtype=torch.int64)
    axes = {0: "n", 1: "tokens"}
    torch.onnx.export(
        network,
        (example, example, example),
        str(whole),
        dynamo=False,
        opset_version=17,
        input_names=["ids", "mask", "sides"],
        output_names=["verdict", "evidence", "act"],
        dynamic_axes={"ids": axes, "mask": axes, "sides": axes, "verdict": {0: "n"}, "evidence": axes, "act": {0: "n"}},
    )
    # Layers' states have quite different ranges, which int8 blurs; and quantising splits a Gemm in two, with a new name.
    acts = [f"{node.name}_MatMul" for node in onnx.load(str(whole)).graph.node if "act.weight" in node.input]
    quantize_dynamic(str(whole), str(out), weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=acts)
    whole.unlink()
