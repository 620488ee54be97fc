"""Five job postings and a CV in the style of real ones, all made up."""

RAG_START_UP = """
Senior AI Engineer, Search & Assistants — Brightdesk (Series B, remote EU)

About us
Brightdesk answers questions from ten years of a company's tickets, wikis and contracts. 400 customers rely on it every day.

What you'll do
- Own our retrieval-augmented generation pipeline from ingestion and chunking to reranking and answer generation
- Improve hybrid search over 90M documents (we run Elasticsearch and pgvector today)
- Build evals that tell us whether answers are faithful to their sources, offline and in production
- Ship prompts like code: versioned, reviewed, A/B tested
- Work with customers to find out why an answer was wrong

What we look for
- 4+ years of software engineering in Python or TypeScript, 1+ year building LLM applications
- Hands-on experience with embeddings, vector databases and rerankers
- You measure before you change things
Nice to have: fine-tuning embedding models, LangSmith or Ragas

Benefits: 30 days of vacation, pension plan, a budget for memory foam pillows. We serve free lunch.
"""

FRONTIER_RESEARCH = """
Research Engineer, Post-Training — Northlight AI, San Francisco

We train frontier models and study how to make them helpful, honest and safe. You will design and run experiments on
reinforcement learning from human feedback, reward modeling and preference optimization (PPO, DPO, GRPO) on clusters of
thousands of GPUs, and you will own the path from preference data collection to a released model.

Responsibilities
* Implement and scale RLHF and RLAIF algorithms in PyTorch and JAX
* Diagnose reward hacking, length bias and regressions in capability
* Build supervised fine-tuning mixtures and synthetic data pipelines
* Collaborate with our interpretability and red teaming groups

Qualifications
* Deep understanding of the transformer architecture and of large-scale distributed training (FSDP, Megatron, tensor
parallelism)
* Publications at NeurIPS, ICML or ICLR, or equivalent work
* Strong software engineering
The expected salary range is $340,000 to $560,000. Equal opportunity employer.
"""

INFERENCE_INFRA = """
Staff Software Engineer, Inference Platform

Our API serves 12 billion tokens a day. Your team makes each of them cheaper and faster.
You will profile CUDA kernels, extend vLLM and TensorRT-LLM, roll out FP8 and AWQ quantization, speculative decoding and
prefix
caching, and cut p95 latency without losing throughput. You will plan GPU capacity and autoscaling on Kubernetes, and carry
the
pager for our model serving stack.
Must have: 8+ years in systems programming (C++, Rust or Go); experience with GPU performance; you can explain the KV cache,
continuous batching and PagedAttention to a new hire. Great if you have run LLM serving at scale on H100s.
We are an equal opportunity employer and value diversity.
"""

ENTERPRISE_BANK = """
Lead Machine Learning Engineer (Generative AI) — Nordhavn Bank, Copenhagen

Nordhavn is bringing generative AI to 9,000 employees. Within the Responsible AI office you will set the guardrails for every
use case: content moderation, protection of PII, defence against prompt injection and jailbreaks, and evidence for the EU
AI Act
and GDPR.

Your tasks
- Review the design of LLM solutions end to end, with their cost, monitoring and failure modes
- Run red teaming exercises and publish their results to stakeholders
- Define evaluation and governance standards: test sets, human evaluation, audit trails
- Advise teams on RAG versus fine-tuning
Your profile: degree in computer science or similar, 5 years in ML, experience in a regulated industry, fluent English.
Danish is
a plus. Cross-team alignment and a structured way of working are second nature to you.
"""

AGENTS_PRODUCT = """
Founding Engineer — Agents (pre-IPO start-up, NYC)
We build coding and back-office agents that finish multi-step work on their own. Stack: TypeScript, React, Python, LangGraph,
MCP.
You will design tool calling, planning and long-term memory, keep multi-agent runs from going off the rails, and write the
evaluation
harness that decides what ships. Prompt engineering and structured outputs are daily work. You own features end-to-end, in
production, including cost per task. Bonus points: function calling fine-tunes, sandboxing, human in the loop review.
"""

CV = """
Jana Novak · Machine Learning Engineer · Prague
2023–now  Fintech startup: built a RAG assistant over 2M support tickets (Qdrant, cross-encoder
reranking); cut hallucinations by 40 %
measured with an LLM-as-judge calibrated on 300 human labels. Fine-tuned Llama 3 8B with QLoRA for intent classification.
2020–2023 E-commerce: BERT ranking models, A/B testing, Airflow, Spark.
Education: MSc Computer Science, Charles University. Languages: Czech, English, German. Hobbies: climbing, chess.
"""

OTHER_FIELD = """
Pastry chef wanted. You bake bread from four in the morning, decorate cakes and keep a clean kitchen. Three years of
experience,
a good palate and pleasure in working with people. We offer fair pay, meals and every second weekend off.
"""
