"""The control API without HTTP: each call declared once, answered over the worlds of a server."""
