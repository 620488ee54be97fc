"""The reader as a PyTorch module: a BERT encoder with two heads. Loads packaged weights and exports an int8 ONNX file.

Needs torch, transformers and onnx, which the server does not: ``uv run --with torch --with transformers --with onnx …``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from transformers import BertConfig, BertModel

VERDICTS = ("neither", "says", "denies")
"""Order of the reader's three logits."""
WIDTH = 384


class ReaderNetwork(nn.Module):
    """Statement and passage in; says / denies / neither for the pair and evidence for each token out."""

    def __init__(self, layers: int) -> None:
        super().__init__()
        config = BertConfig(
            hidden_size=WIDTH, num_hidden_layers=layers, num_attention_heads=12, intermediate_size=4 * WIDTH, vocab_size=30522
        )
        self.encoder = BertModel(config, add_pooling_layer=False)
        self.verdict = nn.Linear(2 * WIDTH, len(VERDICTS))
        self.evidence = nn.Linear(WIDTH, 2)
        self.dropout = nn.Dropout(0.1)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Verdict logits, shape (n, 3), and evidence logits (says, denies) of each token, shape (n, length, 2)."""
        states = self.encoder(input_ids, attention_mask, token_type_ids).last_hidden_state.float()
        passage = (attention_mask * token_type_ids).float()
        mean = (states * passage[:, :, None]).sum(1) / passage.sum(1, keepdim=True).clamp(min=1)
        pooled = self.dropout(torch.cat([states[:, 0], mean], -1))
        return self.verdict(pooled), self.evidence(states)


def from_packaged(model: Path) -> ReaderNetwork:
    """The encoder with the weights of a packaged int8 ONNX file and new heads."""
    graph = onnx.load(str(model)).graph
    stored = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            stored[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    prefix = "bert." if any(name.startswith("bert.") for name in stored) else ""
    layers = 1 + max(int(name.split(".layer.")[1].split(".")[0]) for name in stored if f"{prefix}encoder.layer." in name)
    network = ReaderNetwork(layers)
    own = network.encoder.state_dict()
    bias_of = {}
    for node in graph.node:  # MatMul outputs are added to a named bias, which tells which matrix it is
        if node.op_type == "Add":
            for name in node.input:
                if name.endswith(".bias") and name.startswith(f"{prefix}encoder"):
                    bias_of[node.output[0]] = (name, node)
    makers = {out: node for node in graph.node for out in node.output}
    for bias, node in bias_of.values():
        if "LayerNorm" in bias:
            continue
        product = next(name for name in node.input if name != bias)
        while product in makers and makers[product].op_type != "MatMulInteger":
            source = makers[product]
            product = next(
                name
                for name in source.input
                if name in makers and ("MatMul" in name or makers[name].op_type in ("MatMulInteger", "Cast", "Mul"))
            )
        matrix = makers[product].input[1]
        own[bias.removeprefix(prefix).replace(".bias", ".weight")] = torch.tensor(_dequantised(stored, matrix).T.copy())
    for name in own:
        if f"{prefix}{name}" in stored and stored[f"{prefix}{name}"].dtype == np.float32:
            own[name] = torch.tensor(stored[f"{prefix}{name}"].copy())
    for name in [name for name in own if "_embeddings.weight" in name]:
        if f"{prefix}{name}_quantized" in stored:
            own[name] = torch.tensor(_dequantised(stored, f"{prefix}{name}_quantized"))
    missing = [
        name
        for name in own
        if torch.equal(own[name], network.encoder.state_dict()[name])
        and "LayerNorm" not in name
        and "position_ids" not in name
        and "bias" not in name
    ]
    if missing:
        raise ValueError(f"{model} lacks {', '.join(missing[:5])}")
    network.encoder.load_state_dict(own)
    network.encoder.embeddings.requires_grad_(False)
    return network


def _dequantised(stored: dict[str, np.ndarray], quantised: str) -> np.ndarray:
    base = quantised.removesuffix("_quantized")
    scale, zero = stored[f"{base}_scale"], stored[f"{base}_zero_point"]
    return ((stored[quantised].astype(np.float32) - zero.astype(np.float32)) * scale).astype(np.float32)


def export(network: ReaderNetwork, out: Path) -> None:
    """An ONNX file with int8 weights (per column) and dynamically quantised activations."""
    network = network.eval()
    example = torch.ones(1, 8, dtype=torch.int64)
    whole = out.with_suffix(".fp32.onnx")
    axes = {0: "pairs", 1: "tokens"}
    torch.onnx.export(
        network,
        (example, example, example),
        str(whole),
        dynamo=False,
        opset_version=17,
        input_names=["input_ids", "attention_mask", "token_type_ids"],
        output_names=["verdict", "evidence"],
        dynamic_axes={
            "input_ids": axes,
            "attention_mask": axes,
            "token_type_ids": axes,
            "verdict": {0: "pairs"},
            "evidence": axes,
        },
    )
    quantize_dynamic(str(whole), str(out), weight_type=QuantType.QInt8, per_channel=True)
    whole.unlink()
