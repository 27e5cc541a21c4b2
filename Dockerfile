# One image, one process: `monitor run` as uid 10001, on a read-only root, with state in /state and rule files in /rules.
# Give the base by tag or by digest: docker build --build-arg BASE=python:3.13-slim-trixie@sha256:… .
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /build && python -m venv --without-pip /opt/monitor
# What changes seldom comes first: the layers below stay cached until a pin moves.
COPY requirements/build.txt requirements/run.txt requirements/
RUN /build/bin/pip install --require-hashes --only-binary :all: -r requirements/build.txt \
 && /build/bin/pip --python /opt/monitor/bin/python install --require-hashes --only-binary :all: -r requirements/run.txt
COPY . .
# The wheel takes no dependency of its own choosing. pip came in as a dependency of sqlite-utils' command line, which is not used.
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /build/bin/pip --python /opt/monitor/bin/python install --no-deps /wheel/*.whl \
 && /build/bin/pip --python /opt/monitor/bin/python uninstall --yes pip \
 && /opt/monitor/bin/python -m compileall -q -j 0 /opt/monitor

FROM ${BASE}
COPY --from=build /opt/monitor /opt/monitor
COPY rules /rules
RUN mkdir /state && chown 10001:10001 /state
ENV PATH=/opt/monitor/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MONITOR_STATE_DIR=/state MONITOR_RULES_DIR=/rules
USER 10001:10001
WORKDIR /state
VOLUME ["/state"]
# The pages of MONITOR_WEB__PORT; nothing listens unless it is set, with MONITOR_WEB__HOST=0.0.0.0.
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["monitor", "healthcheck"]
ENTRYPOINT ["monitor"]
CMD ["run"]
