# Dragoman on a CPU, without torch. docs/container.md says how to build, run and check it.
# BASE needs a Debian-like userland with Python 3.11 or later and its venv module; container/base
# makes one where no registry is reached.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
# pip reads these from its environment: an index of your own, or wheels collected beforehand in
# build/wheels (container/build --wheels). Addresses with a password belong in the secret pip_conf.
ARG PIP_INDEX_URL
ARG PIP_EXTRA_INDEX_URL
ARG PIP_FIND_LINKS
ARG PIP_NO_INDEX
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/dragoman
WORKDIR /src
COPY . .
RUN --mount=type=secret,id=pip_conf,target=/etc/pip.conf \
    /opt/pip/bin/pip wheel --no-cache-dir --no-deps --wheel-dir /dist . \
    && /opt/pip/bin/pip --python /opt/dragoman/bin/python install --no-cache-dir /dist/*.whl

FROM ${BASE} AS runtime
LABEL org.opencontainers.image.title="Dragoman" \
      org.opencontainers.image.description="A self-hosted service that translates and summarises news." \
      org.opencontainers.image.licenses="Apache-2.0"
# A number, so that an orchestrator can see that it is not root without reading /etc/passwd.
RUN useradd --no-log-init --uid 10001 --user-group --no-create-home \
      --home-dir /var/lib/dragoman --shell /usr/sbin/nologin dragoman \
    && install -d -o dragoman -g dragoman /var/lib/dragoman /var/lib/dragoman/models
COPY --from=build /opt/dragoman /opt/dragoman
COPY container/health.py /opt/dragoman/health.py
ENV PATH=/opt/dragoman/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/var/lib/dragoman \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DRAGOMAN_HOST=0.0.0.0 \
    DRAGOMAN_PORT=8080 \
    DRAGOMAN_MODELS_DIR=/var/lib/dragoman/models
USER 10001:10001
WORKDIR /var/lib/dragoman

# Models to bake in: --build-arg MODELS="en-de owner/name". The hub's address and its token (the
# secret hub_token) are for this step only; caches go to /tmp and are thrown away in the same layer.
ARG MODELS=""
ARG DRAGOMAN_HUB_URL
RUN --mount=type=secret,id=hub_token,uid=10001 \
    if [ -n "${MODELS}" ]; then \
      if [ -s /run/secrets/hub_token ]; then DRAGOMAN_HUB_TOKEN="$(cat /run/secrets/hub_token)"; export DRAGOMAN_HUB_TOKEN; fi; \
      export HF_HOME=/tmp/hub && dragoman models pull ${MODELS} && rm -rf /tmp/hub; \
    fi

EXPOSE 8080
# Ready means that a worker answered, not only that the process lives.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python3", "-IS", "/opt/dragoman/health.py"]
# The exec form: the server itself is process 1 and gets SIGTERM, finishes what is in flight, exits 0.
ENTRYPOINT ["dragoman"]
CMD ["serve"]
