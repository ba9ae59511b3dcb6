"""`Mock`, the Python face: the same methods on a server of our own and on a remote one."""
