"""True sentences that the bank once took for misconceptions: added to a model answer, they contradict none of its points."""

from __future__ import annotations

import pytest

from server.core.domain import PointStatus
from server.grading.embedded import EmbeddedGrader
from tests.adapters.test_grading_embedded import BANK, answer

TRUE = [
    ("transformers/core", "BERT-style encoders see both sides, decoders such as GPT see only the left."),
    (
        "transformers/core",
        "RoPE replaced the learned table of absolute position embeddings that used to be added to the token embeddings.",
    ),
    ("transformers/core", "Unlike a recurrent network, attention looks at all tokens at once."),
    ("transformers/core", "The query is matched with each key first, and then those scores weight the values."),
    ("transformers/core", "With multi-head attention the cache would be four times larger."),
    ("transformers/kv-cache", "With prefix caching it also speeds up the first token for shared prompts."),
    ("transformers/gqa-memory", "MQA would save thirty-two times on the 8B."),
    (
        "pretraining/core",
        "In pipeline parallelism each GPU holds different layers, in data parallelism each holds a full copy.",
    ),
    ("pretraining/core", "With pipeline parallelism you split the batch into micro-batches."),
    ("pretraining/core", "BERT, by contrast, was trained to predict masked words using both sides."),
    (
        "rlhf/core",
        "R1 Zero showed that RL can start from the base model without supervised fine-tuning, but the text was hard to read.",
    ),
    ("rlhf/core", "Online DPO generates fresh samples at every step."),
    ("inference/core", "Static batching waits until the batch is full before it starts."),
    ("inference/core", "A semantic cache that stores answers to repeated questions is something else."),
    ("inference/core", "The cache sits next to the weights in GPU memory, so I keep some room for it."),
    ("inference/core", "A cascade that answers from the small model when it is confident is something else."),
    ("finetuning/lora", "If you serve many adapters you keep them unmerged, which makes every token a little slower."),
    ("finetuning/lora", "It does not slow down inference, because you merge B A into the base weights."),
    ("finetuning/lora", "When I add tokens I also train the output head beside the adapters."),
    ("capstone/stack", "Prefill is limited by compute, decoding by memory bandwidth."),
    # "not", "no" and "never" belong to what they deny
    ("agents/core", "A run that is never stopped or limited is how a bill of thousands happens."),
    ("agents/core", "If you never trim the history the window overflows."),
    ("capstone/choose", "I never start with fine-tuning before the prompt has been tried in production."),
    ("capstone/choose", "A small model is never good at everything, but tuned it holds its own."),
    ("capstone/cost", "You pay for tokens, there is no price per request."),
    ("capstone/cost", "I never size for the average alone, since the load is never spread evenly."),
    ("capstone/failures", "Hallucination never goes away completely."),
    ("capstone/failures", "Retrieved documents help because the model hallucinates less, but they are no cure."),
    ("capstone/stack", "Nothing works after alignment alone, guardrails and evaluation are still needed."),
    ("evaluation/core", "Real traffic is never covered by synthetic questions alone."),
    ("finetuning/core", "You need a held-out set, since without it you fine-tune blindly."),
    ("finetuning/lora", "The base is not touched during training, the adapter is merged afterwards."),
    ("inference/core", "With a shared prefix the cache never has to be computed twice."),
    ("prompting/core", "With constrained decoding the JSON is never malformed."),
    ("prompting/core", "With prompts in git a version is never lost."),
    ("prompting/core", "With a canary no bad version reaches everybody."),
    ("rag/core", "Without that you never know whether the retriever itself or the generator failed."),
    ("rlhf/core", "A reward model without fresh data from the new policy goes stale, so you need to retrain it."),
    ("safety/core", "For privacy the logs are never kept longer than thirty days."),
    ("safety/core", "An alert that is never read is worth nothing."),
]


@pytest.mark.parametrize(("question_id", "sentence"), TRUE, ids=lambda text: text if "/" in text else None)
def test_a_true_sentence_contradicts_nothing(grader: EmbeddedGrader, question_id: str, sentence: str) -> None:
    """Who says more than the model answer, and says it rightly, is not told to have said the opposite of a point."""
    question = BANK.question(question_id)
    findings = grader.findings(question, [answer(f"{question.model_answer} {sentence}", question=question)])
    assert [point_id for point_id, found in findings.items() if found.status is PointStatus.CONTRADICTED] == []
