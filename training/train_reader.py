"""Trains the reader: ``uv run --with torch --with transformers --with onnx python -m training.train_reader --base MODEL.onnx``.

Stage one teaches what the bank's points are said like, stage two what people say who saw only the question. A checkpoint is
kept after every few hundred steps, and a run begun again goes on from it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch.nn import functional

from training import examples
from training.examples import NEITHER, Example
from training.network import ReaderNetwork, export, from_packaged
from training.onnx_reader import Encoder

BATCH_TOKENS = 2600
EVIDENCE_WEIGHT = 0.5
SAVE_EVERY = 200


class Pairs:
    """Examples as tensors."""

    def __init__(self) -> None:
        self.encoder = Encoder()

    def encoded(self, example: Example) -> tuple[list[int], int, list[int]]:
        """Token ids, where the passage begins, and its evidence by token (-1 where it isn't known)."""
        words = example.passage.split()
        pair = self.encoder.encode(example.statement, words)
        if example.evidence is None:
            return pair.ids, pair.begin, [-1] * len(pair.places)
        first, after = _words_of(example.evidence, example.passage)
        return pair.ids, pair.begin, [int(first <= place < after) for place in pair.places]

    def batches(self, found: Sequence[Example], dice: random.Random) -> Iterator[tuple[torch.Tensor, ...]]:
        """Batches of like length, shuffled."""
        ready = [(self.encoded(example), example.target) for example in found]
        dice.shuffle(ready)
        ready.sort(key=lambda item: len(item[0][0]) // 12)
        groups: list[list] = [[]]
        for item in ready:
            if (len(groups[-1]) + 1) * len(item[0][0]) > BATCH_TOKENS:
                groups.append([])
            groups[-1].append(item)
        dice.shuffle(groups)
        for group in groups:
            yield self.tensors(group)

    @staticmethod
    def tensors(group: Sequence) -> tuple[torch.Tensor, ...]:
        longest = max(len(ids) for (ids, _, _), _ in group)
        shape = (len(group), longest)
        ids, mask, sides = (torch.zeros(shape, dtype=torch.int64) for _ in range(3))
        marks = torch.full(shape, -1.0)
        for row, ((pieces, begin, marked), _) in enumerate(group):
            ids[row, : len(pieces)] = torch.tensor(pieces)
            mask[row, : len(pieces)] = 1
            sides[row, begin : len(pieces)] = 1
            marks[row, begin : begin + len(marked)] = torch.tensor(marked, dtype=torch.float32)
        return ids, mask, sides, marks, torch.tensor([target for _, target in group])


def _words_of(part: str, text: str) -> tuple[int, int]:
    """The words of the text that the part touches, as (first, after the last); none for ""."""
    at = text.find(part) if part else -1
    if at < 0:
        return 0, 0
    first = len(text[:at].split()) - (at > 0 and not text[at - 1].isspace() and not part[0].isspace())
    return first, first + len(part.split())


def loss_of(network: ReaderNetwork, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
    ids, mask, sides, marks, targets = batch
    with torch.autocast("cpu", torch.bfloat16):
        verdict, evidence = network(ids, mask, sides)
    loss = functional.cross_entropy(verdict.float(), targets)
    known = marks >= 0
    if known.any():
        kind = (targets[:, 1:] > 0).float()[:, None, :].expand(*marks.shape, 2)
        wanted = marks.clamp(min=0)[:, :, None] * kind
        loss = loss + EVIDENCE_WEIGHT * functional.binary_cross_entropy_with_logits(evidence.float()[known], wanted[known])
    return loss


def run(
    network: ReaderNetwork, epochs: Sequence[list[Example]], rate: float, dice: random.Random, out: Path, name: str
) -> None:
    pairs = Pairs()
    batches = [batch for epoch in epochs for batch in pairs.batches(epoch, dice)]
    heads = [*network.verdict.parameters(), *network.evidence.parameters()]
    body = [p for p in network.encoder.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": heads, "lr": 5 * rate}], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / (0.06 * len(batches))) * max(0.02, 1 - step / len(batches))
    )
    network.train()
    started, mean = time.monotonic(), 0.0
    for step, batch in enumerate(batches):
        optimizer.zero_grad()
        loss = loss_of(network, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        optimizer.step()
        schedule.step()
        mean = 0.98 * mean + 0.02 * loss.item() if step else loss.item()
        if step % 50 == 0:
            spent = time.monotonic() - started
            left = spent / (step + 1) * (len(batches) - step - 1)
            print(f"{name} {step}/{len(batches)} loss {mean:.3f} {spent:.0f} s, {left:.0f} s left", flush=True)
        if step % SAVE_EVERY == SAVE_EVERY - 1:
            torch.save(network.state_dict(), out)
    torch.save(network.state_dict(), out)


def stage_one(dice: random.Random) -> list[Example]:
    """Sentences, and some of the answers whose writers saw the statements, more of those that get a point wrong."""
    found = dice.sample(examples.sentence_examples(), 24_000)
    answers = examples.answer_examples(("train", "tune", "hard", "unread", "studied", "recited", "told", "tricky", "short"))
    for target, share in ((examples.SAYS, 0.2), (examples.DENIES, 0.35), (NEITHER, 0.12)):
        alike = [example for example in answers if example.target == target]
        found += dice.sample(alike, int(share * len(alike)))
    nothing = examples.answer_examples(("nothing",))
    found += dice.sample(nothing, 600)
    return [less_marked(example, dice) for example in found]


def stage_two(dice: random.Random, answers: Sequence[dict]) -> list[Example]:
    """Free answers, some cut short, and a few of stage one so that it isn't forgotten."""
    found = examples.free_examples(answers, dice)
    cut = [examples.cut_short(example, dice) for example in dice.sample(found, len(found) // 8)]
    nothing = dice.sample(examples.answer_examples(("nothing",)), 250)
    wrong = [e for e in examples.answer_examples(("told", "tricky", "train")) if e.target == examples.DENIES]
    return [less_marked(example, dice) for example in (*found, *cut, *nothing, *dice.sample(wrong, 500))]


def stage_three(dice: random.Random) -> list[Example]:
    """For the weights that are shipped: free answers to the questions kept out so far, twice, and an eighth of the others."""
    new = [*examples.free_answers("develop"), *examples.free_answers("test")]
    learned = examples.free_answers("learn")
    return stage_two(dice, [*new, *new, *dice.sample(learned, len(learned) // 8)])


def stage_four(dice: random.Random) -> list[Example]:
    """Short and long passages side by side, so that neither length nor style tells what is said: sentences, short answers,
    model answers, free answers, and free answers beside statements of other questions."""
    answers = [row for part in ("learn", "develop", "test") for row in examples.free_answers(part)]
    free = examples.free_examples(answers, dice)
    short = examples.answer_examples(("short",), everything=True)
    said = list(examples.statements().values())
    found = [
        *dice.sample(examples.sentence_examples(everything=True), 4500),
        *dice.sample(free, 1700),
        *dice.sample(short, 1100),
    ]
    found += dice.sample(examples.model_answer_examples(), 300)
    found += [examples.replace(e, statement=dice.choice(said), target=NEITHER, evidence="") for e in dice.sample(free, 400)]
    return [less_marked(example, dice) for example in found]


def less_marked(example: Example, dice: random.Random) -> Example:
    """A fifth are shown without marks, as a recogniser may print speech."""
    if dice.random() >= 0.2:
        return example
    evidence = example.evidence and examples.unmarked(example.evidence)
    return examples.replace(example, passage=examples.unmarked(example.passage), evidence=evidence)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, help="packaged ONNX file to begin from")
    parser.add_argument("--onward", type=Path, help="checkpoint to go on from instead")
    parser.add_argument("--stage", type=int, choices=(1, 2, 3, 4), required=True)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--freeze", type=int, default=0, help="lowest layers to leave as they are")
    parser.add_argument("--seed", type=int, default=28)
    parser.add_argument("--out", type=Path, required=True, help="checkpoint to write")
    parser.add_argument("--export", type=Path, help="ONNX file to write at the end")
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    dice = random.Random(args.seed)
    network = from_packaged(args.base)
    if args.onward:
        network.load_state_dict(torch.load(args.onward))
    for layer in network.encoder.encoder.layer[: args.freeze]:
        layer.requires_grad_(False)
    if args.stage == 1:
        epochs = [stage_one(dice) for _ in range(args.epochs)]
    elif args.stage == 2:
        answers = examples.free_answers("learn")
        epochs = [stage_two(dice, answers) for _ in range(args.epochs)]
    elif args.stage == 4:
        epochs = [stage_four(dice) for _ in range(args.epochs)]
    else:
        epochs = [stage_three(dice) for _ in range(args.epochs)]
    print(f"{sum(map(len, epochs))} examples", flush=True)
    run(network, epochs, args.rate, dice, args.out, f"stage {args.stage}")
    if args.export:
        export(network, args.export)


if __name__ == "__main__":
    main()
