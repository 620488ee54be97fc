"""Trains the reader from packaged weights and the data in training/data; docs/reader.md has the command and the results.

A checkpoint is written every few hundred steps, from which an interrupted run continues.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import torch
from hotseat.engines.reader import Encoder
from torch.nn import functional

from training.examples import FREE, SHORT, Example, Examples
from training.network import WIDTH, ReaderNetwork, export, from_onnx

BATCH_TOKENS = 3600
EVIDENCE_WEIGHT = 0.3
SAVE_EVERY = 100
NO_ACT = -100
"""Of pairs with a statement: what the passage does isn't asked."""


class Batches:
    """Pairs as tensors, those of like length together."""

    def __init__(self) -> None:
        self._encoder = Encoder()

    def of(self, found: Sequence[Example], dice: random.Random) -> list[list[torch.Tensor]]:
        ready = [pair for example in found if example.text.split() for pair in self._encoded(example)]
        dice.shuffle(ready)
        ready.sort(key=lambda pair: len(pair[0]) // 8)
        groups: list[list] = [[]]
        for pair in ready:
            if (len(groups[-1]) + 1) * len(pair[0]) > BATCH_TOKENS:
                groups.append([])
            groups[-1].append(pair)
        dice.shuffle(groups)
        return [self._tensors(group) for group in groups if group]

    def _encoded(self, example: Example) -> Iterator[tuple]:
        passage = self._encoder.passage(example.text.split())
        if example.act is not None:
            pair = self._encoder.pair(example.question, passage)
            yield pair.ids, pair.begin, [-1.0] * len(pair.ids), (1.0, 0.0, 0.0, 0.0), example.act
        for claim in example.claims:
            pair = self._encoder.pair(claim.statement, passage)
            marks = [-1.0] * len(pair.ids)
            if claim.evidence is not None:
                first, after = _words_of(claim.evidence, example.text)
                marks[pair.begin : pair.begin + len(passage.places)] = [float(first <= p < after) for p in passage.places]
            yield pair.ids, pair.begin, marks, (*claim.target, claim.weight), NO_ACT

    @staticmethod
    def _tensors(group: Sequence[tuple]) -> list[torch.Tensor]:
        shape = (len(group), max(len(ids) for ids, *_ in group))
        ids, mask, sides = (torch.zeros(shape, dtype=torch.int64) for _ in range(3))
        marks = torch.full(shape, -1.0)
        for row, (tokens, begin, marked, _, _) in enumerate(group):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            mask[row, : len(tokens)] = 1
            sides[row, begin : len(tokens)] = 1
            marks[row, : len(tokens)] = torch.tensor(marked)
        acts = torch.tensor([act for *_, act in group])
        return [ids, mask, sides, marks, torch.tensor([target for *_, target, _ in group]), acts]


def _words_of(part: str, text: str) -> tuple[int, int]:
    """The words of the text that the part touches, as (first, after the last); none for ""."""
    at = text.find(part) if part else -1
    if at < 0:
        return 0, 0
    first = len(text[:at].split()) - (at > 0 and not text[at - 1].isspace())
    return first, first + len(part.split())


def loss_of(network: ReaderNetwork, batch: Sequence[torch.Tensor]) -> torch.Tensor:
    ids, mask, sides, marks, targets, acts = batch
    with torch.autocast("cpu", torch.bfloat16):
        verdict, evidence, act = network(ids, mask, sides)
    weights = targets[:, 3]
    each = -(targets[:, :3] * functional.log_softmax(verdict.float(), -1)).sum(-1)
    loss = (each * weights).sum() / weights.sum().clamp(min=1e-6)
    if (acts != NO_ACT).any():
        share = (acts != NO_ACT).float().mean()
        loss = loss + share * functional.cross_entropy(act.float(), acts, ignore_index=NO_ACT)
    known = marks >= 0
    if known.any():
        wanted = marks.clamp(min=0).unsqueeze(2) * (targets[:, None, 1:3] > 0).float()
        loss = loss + EVIDENCE_WEIGHT * functional.binary_cross_entropy_with_logits(evidence.float()[known], wanted[known])
    return loss


def run(network: ReaderNetwork, batches: Sequence[Sequence[torch.Tensor]], rate: float, out: Path, floor: float = 0.02) -> None:
    """Linear warm-up and decay."""
    network.words.requires_grad_(False)
    heads = [*network.verdict.parameters(), *network.evidence.parameters(), *network.act.parameters()]
    known = {id(p) for p in heads}
    body = [p for p in network.parameters() if p.requires_grad and id(p) not in known]
    optimizer = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": heads, "lr": 4 * rate}], weight_decay=0.01)
    warm = max(1, len(batches) // 16)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / warm) * max(floor, 1 - step / len(batches))
    )
    began, mean, done = time.monotonic(), 0.0, 0
    if out.exists():
        state = torch.load(out)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["step"]
    network.train()
    for step, batch in enumerate(batches[done:], done):
        optimizer.zero_grad()
        loss = loss_of(network, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        optimizer.step()
        schedule.step()
        mean = 0.97 * mean + 0.03 * loss.item() if step > done else loss.item()
        if step % 20 == 0:
            spent = time.monotonic() - began
            left = spent / (step - done + 1) * (len(batches) - step - 1)
            print(f"{step}/{len(batches)} loss {mean:.3f} {spent:.0f} s, {left:.0f} s left", flush=True)
        if step % SAVE_EVERY == SAVE_EVERY - 1 or step == len(batches) - 1:
            state = {"network": network.state_dict(), "step": step + 1}
            state |= {"optimizer": optimizer.state_dict(), "schedule": schedule.state_dict()}
            torch.save(state, out)


def weights(network: ReaderNetwork) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def average(network: ReaderNetwork, before: Mapping[str, torch.Tensor], share: float) -> None:
    """Leaves ``share`` of what was learned in the weights; the rest is as it was before."""
    after = network.state_dict()
    network.load_state_dict({name: (1 - share) * before[name] + share * after[name] for name in after})


def fit_acts(network: ReaderNetwork, batches: Sequence[Sequence[torch.Tensor]], epochs: int = 20) -> None:
    """Fits the layer that tells acts to the finished network: a logistic regression on the means of its layers' states."""
    network.eval()
    head, network.act = network.act, torch.nn.Identity()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        found = [(network(*batch[:3])[2].float(), batch[5]) for batch in batches]
    states, acts = torch.cat([state for state, _ in found]), torch.cat([act for _, act in found])
    mean = states.mean(0)
    # One scale for each layer, not for each unit: int8 moves units that hardly vary.
    spread = (states - mean).unflatten(1, (-1, WIDTH)).std((0, 2)).repeat_interleave(WIDTH)
    states = (states - mean) / spread
    fitted = torch.nn.Linear(states.shape[1], head.out_features)
    optimizer = torch.optim.AdamW(fitted.parameters(), 1e-3, weight_decay=0.01)
    for _ in range(epochs):
        for rows in torch.randperm(len(states)).split(256):
            optimizer.zero_grad()
            logits = fitted(functional.dropout(states[rows], 0.5))
            functional.cross_entropy(logits, acts[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        head.weight.copy_(fitted.weight / spread)
        head.bias.copy_(fitted.bias - head.weight @ mean)
    network.act = head


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="ONNX file to go on from")
    parser.add_argument("--checkpoint", type=Path, help="keeps the state of training; without it only acts are learned")
    parser.add_argument("--out", type=Path, help="ONNX file to write at the end")
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--share", type=float, default=0.7, help="of the new weights in the average with those before")
    parser.add_argument("--seed", type=int, default=29)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    dice = random.Random(args.seed)
    network, batches, examples = from_onnx(args.base), Batches(), Examples(dice)

    if args.checkpoint:
        before = weights(network)
        learned = [
            *(examples.free(FREE, 0.3, others=2), examples.free(SHORT, 1.0, others=8)),
            *(examples.windows(1000), examples.corrected(), examples.model_answers()),
            dice.sample(edited := examples.edited(), len(edited) // 3),
            dice.sample(acts := examples.acts(), len(acts) // 3),
        ]
        mixed = examples.unmarked([example for part in learned for example in part])
        run(network, batches.of(mixed, dice), args.rate, args.checkpoint)
        average(network, before, args.share)
    fit_acts(network, batches.of(examples.acts(), dice))
    if args.out:
        export(network, args.out)


if __name__ == "__main__":
    main()
