# The image of every program of ours: the locked packages and this repository, installed; nothing to build with, no root.
# The embedded engines (Kafka's Java, ClickHouse in process) stay out: a stack has servers.
ARG PYTHON=3.11.13-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/yipanqi
WORKDIR /build
COPY requirements.stack.lock ./
RUN /opt/yipanqi/bin/pip install --require-hashes --no-deps --requirement requirements.stack.lock
COPY pyproject.toml README.md LICENSE ./
COPY contract contract
COPY producers producers
COPY streams streams
COPY dashboards dashboards
COPY infra infra
COPY yipanqi yipanqi
RUN /opt/yipanqi/bin/pip install --no-deps --no-build-isolation . \
 && /opt/yipanqi/bin/python -m compileall -q /opt/yipanqi/lib

FROM python:${PYTHON}
# Whose files the volumes are: docker-compose.yml gives the user that it runs the containers as.
ARG UID=10001
ARG GID=10001
RUN groupadd --gid "${GID}" --non-unique yipanqi \
 && useradd --uid "${UID}" --non-unique --gid "${GID}" --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin yipanqi \
 && install -d -m 0700 -o "${UID}" -g "${GID}" /var/lib/yipanqi /var/lib/yipanqi/accounts /var/lib/yipanqi/packs
COPY --from=build /opt/yipanqi /opt/yipanqi
ENV PATH=/opt/yipanqi/bin:$PATH PYTHONUNBUFFERED=1 PYTHONFAULTHANDLER=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp TZ=UTC
WORKDIR /tmp
USER ${UID}:${GID}
ENTRYPOINT ["yipanqi"]
CMD ["--help"]
