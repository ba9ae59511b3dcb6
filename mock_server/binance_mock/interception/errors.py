"""What goes wrong with an interception."""

from __future__ import annotations


class InterceptionError(RuntimeError):
    """An interception was started or stopped out of turn; the message says what to do."""


class NotIntercepted(ConnectionError):
    """Strict interception refused a call to another host than Binance's.

    What is raised is also of the kind that the calling library raises where it cannot connect. requests wraps it in its
    own ConnectionError.
    """

    @classmethod
    def of_kind(cls, kind: type[Exception], message: str) -> Exception:
        """The error, as one that handlers of another kind catch too.

        Args:
            kind: the library's error; `OSError` where it lets the system's errors through.
            message: what is wrong and what to do.
        """
        if issubclass(cls, kind):
            return cls(message)
        error: Exception = type(cls.__name__, (kind, cls), {"__module__": cls.__module__})(message)
        return error
