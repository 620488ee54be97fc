"""The numbers in model answers are right: they are computed here again."""

from __future__ import annotations

import math

import pytest
from hotseat.questions.content import load_bank
from hotseat.settings import PROJECT

BANK = load_bank(PROJECT / "rubrics")


def kv_bytes(layers: int, kv_heads: int, head_dim: int = 128, bytes_each: int = 2) -> int:
    """Bytes of KV cache for one token: keys and values of every layer."""
    return 2 * layers * kv_heads * head_dim * bytes_each


LLAMA_8B, LLAMA_70B = kv_bytes(32, 8), kv_bytes(80, 8)
ATTENTION_8B = 2 * 4096**2 + 2 * 4096 * 1024
FFN_8B = 3 * 4096 * 14336
EMBEDDING_8B = 128_256 * 4096
TOTAL_8B = 32 * (ATTENTION_8B + FFN_8B) + 2 * EMBEDDING_8B
LORA_7B = 32 * 4 * 2 * 4096 * 16
PPO = 2 * 8e9 * 16 + 2 * 8e9 * 2

STATED = [
    # question, what it says, the figure it says, what it comes to
    ("transformers/core", "131 kilobytes per token", 131e3, LLAMA_8B),
    ("transformers/gqa-memory", "131 kilobytes", 131e3, LLAMA_8B),
    ("transformers/gqa-memory", "about 17 gigabytes", 17e9, LLAMA_8B * 131_072),
    ("transformers/gqa-memory", "it would be 69", 69e9, kv_bytes(32, 32) * 131_072),
    ("transformers/gqa-memory", "it is 43 gigabytes", 43e9, LLAMA_70B * 131_072),
    ("transformers/gqa-memory", "instead of 344", 344e9, kv_bytes(80, 64) * 131_072),
    ("transformers/parameter-count", "42 million", 42e6, ATTENTION_8B),
    ("transformers/parameter-count", "176 million", 176e6, FFN_8B),
    ("transformers/parameter-count", "525 million", 525e6, EMBEDDING_8B),
    ("transformers/parameter-count", "8.03 billion", 8.03e9, TOTAL_8B),
    ("transformers/parameter-count", "6.4 billion", 6.4e9, 12 * 4096**2 * 32),
    ("transformers/flop-estimation", "sixteen gigaflops per token", 16e9, 2 * 8e9),
    ("transformers/flop-estimation", "forty-eight gigaflops", 48e9, 6 * 8e9),
    ("transformers/flop-estimation", "about half a megaflop", 0.5e6, 4 * 4096 * 32),
    ("pretraining/compute-budget", "7.2 times ten to the 23", 7.2e23, 6 * 8e9 * 15e12),
    ("pretraining/compute-budget", "500,000 GPU-hours", 500e3, 6 * 8e9 * 15e12 / 400e12 / 3600),
    ("pretraining/compute-budget", "near 160 billion tokens", 160e9, 20 * 8e9),
    ("pretraining/training-memory", "1.12 terabytes", 1.12e12, 70e9 * 16),
    ("pretraining/training-memory", "eleven gigabytes", 11e9, 80 * 8192 * 8192 * 2),
    ("finetuning/lora", "about seventeen million", 17e6, LORA_7B),
    ("finetuning/lora", "fifty-six gigabytes for Adam", 56e9, 7e9 * 8),
    ("finetuning/lora", "under seventy megabytes", 68e6, LORA_7B * 4),
    ("finetuning/core", "a hundred and twelve gigabytes", 112e9, 7e9 * 16),
    ("finetuning/qlora", "thirty-five gigabytes", 35e9, 70e9 / 2),
    ("finetuning/run-cost", "1.4 times ten to the eighteen", 1.4e18, 6 * 8e9 * 30e6),
    ("finetuning/run-cost", "about 3600 seconds", 3600, 6 * 8e9 * 30e6 / 4e14),
    ("rlhf/ppo-memory", "288 gigabytes", 288e9, PPO),
    ("rlhf/ppo-memory", "about 17 gigabytes", 17e9, 64 * 2000 * LLAMA_8B),
    ("rlhf/ppo-memory", "DPO needs 144", 144e9, 8e9 * 16 + 8e9 * 2),
    ("rag/index-sizing", "about two hundred gigabytes", 200e9, 10e6 * 5 * 1024 * 4),
    ("rag/index-sizing", "four hundred dollars", 400, 10e6 * 2000 * 0.02 / 1e6),
    ("prompting/prompt-cost", "10,500 dollars a day", 10_500, 3500 * 1e6 * 3 / 1e6),
    ("prompting/prompt-cost", "3,000 dollars", 3_000, 200 * 1e6 * 15 / 1e6),
    ("prompting/prompt-cost", "roughly 5,400", 5_400, 900 + 500 * 3 + 3_000),
    ("evaluation/sample-size", "0.4 over 20", 0.4 / 20, math.sqrt(0.8 * 0.2 / 400)),
    ("evaluation/sample-size", "six thousand two hundred", 6200, 16 * 0.154 / 0.02**2),
    ("evaluation/sample-size", "two thousand cases", 2000, 8 * 0.1 / 0.02**2),
    ("inference/capacity", "328 kilobytes", 328e3, LLAMA_70B),
    ("inference/capacity", "1.34 gigabytes", 1.34e9, LLAMA_70B * 4096),
    ("inference/capacity", "about 157 requests", 157, (140e9 + 70e9) / (LLAMA_70B * 4096)),
    ("inference/capacity", "about 21 milliseconds", 21e-3, 280e9 / (4 * 3.35e12)),
    ("inference/decode-speed", "4.8 milliseconds", 4.8e-3, 16e9 / 3.35e12),
    ("inference/decode-speed", "209 tokens per second", 209, 3.35e12 / 16e9),
    ("inference/decode-speed", "the cache is 34 gigabytes", 34e9, 64 * 4096 * LLAMA_8B),
    ("inference/decode-speed", "15 milliseconds", 15e-3, 50e9 / 3.35e12),
    ("agents/cost-estimate", "460 thousand tokens", 460e3, sum(4000 + 2000 * step for step in range(20))),
    ("agents/cost-estimate", "a dollar forty", 1.40, 460e3 * 3 / 1e6),
    ("agents/reliability-math", "thirty-six percent", 0.36, 0.95**20),
    ("agents/reliability-math", "98.9 percent", 0.989, 0.8 ** (1 / 20)),
    ("agents/reliability-math", "eighty-two percent", 0.82, 0.99**20),
    ("safety/filter-estimate", "9,990", 9_990, 999_000 * 0.01),
    ("safety/filter-estimate", "roughly nine percent", 0.087, 950 / 10_940),
    ("capstone/cost", "4.8 times ten to the eighteen", 4.8e18, 6 * 8e9 * 100e6),
    ("capstone/cost", "360 dollars a day", 360, 6 * 2.5 * 24),
]


@pytest.mark.parametrize(("question", "says", "figure", "comes_to"), STATED, ids=[f"{row[0]}: {row[1]}" for row in STATED])
def test_stated_figures_are_right(question: str, says: str, figure: float, comes_to: float) -> None:
    """The model answer still says it, and the arithmetic agrees within rounding for speech."""
    assert says in BANK.question(question).model_answer
    assert figure == pytest.approx(comes_to, rel=0.05)
