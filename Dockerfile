# The mock exchange in a container; docs/ci.md tells how to run it.

FROM python:3.11-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY mock_server mock_server
COPY conformance conformance
COPY pytest_plugin pytest_plugin
COPY fixtures fixtures
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.11-slim
COPY constraints.txt /tmp/
COPY --from=build /wheels /tmp/wheels
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt /tmp/wheels/*.whl && rm -r /tmp/wheels /tmp/constraints.txt
RUN useradd --create-home --uid 1000 mock && install --directory --owner mock /certs
USER mock
WORKDIR /home/mock
EXPOSE 8099
# Beyond loopback it wants a control token, in BINANCE_MOCK_TOKEN.
ENTRYPOINT ["binance-mock"]
CMD ["serve", "--host", "0.0.0.0"]
HEALTHCHECK --interval=2s --timeout=3s CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', 8099, timeout=2); c.request('GET', '/_mock/health', headers={'Authorization': 'Bearer ' + os.environ['BINANCE_MOCK_TOKEN']}); sys.exit(c.getresponse().status != 200)"]
