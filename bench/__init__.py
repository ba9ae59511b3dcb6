"""Measures speed and memory against bare servers, on Linux: `python -m bench [--only NAME] [--quick] [--json FILE]`.

Ours and the reference are measured in one run, in turns, on the same core with the same load. The ratios are what
counts; the absolute numbers belong to the machine. What each row measures stands in its module:

- `throughput`: requests per second over a socket, against a bare uvicorn application
- `engine`: orders per second of the engine alone
- `worlds`: making and resetting worlds
- `startup`: process start until the first answer, and idle memory, against bare Starlette
- `memory`: bytes per resting order, and growth under an endless stream of requests
"""
