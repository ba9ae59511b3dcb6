"""Reports of runs, as text: `html` the matrix of clients and checks, `junit` for CI, `badge` for a README.

Each module has `render(*runs, kit=None)`, which takes the results of one client or of many and returns the text of the
file. Nothing is read or written here but the templates. Secrets are masked in all that a report shows; the text of
clients is data, never markup.
"""
