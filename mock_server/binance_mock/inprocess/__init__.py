"""Transports by which HTTP clients of this process call the exchange: no socket, no thread.

Each module needs the HTTP library that it serves, so nothing is imported here.
"""
