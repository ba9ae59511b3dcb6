"""Replacing and putting back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_mock.interception import InterceptionError
from binance_mock.interception.patches import Patches


class Base:
    def speak(self, word: str = "base") -> str:
        """What it says."""
        return word


class Derived(Base):
    def speak(self, word: str = "derived") -> str:
        return super().speak(word)


def shout(word: str, mark: str = "!", *, times: int = 1) -> str:
    return word + mark * times


early = shout


def bracketed(original: Callable[..., str]) -> Callable[..., str]:
    def call(*args: Any, **kwargs: Any) -> str:
        return f"[{original(*args, **kwargs)}]"

    return call


def parenthesised(original: Callable[..., str]) -> Callable[..., str]:
    def call(*args: Any, **kwargs: Any) -> str:
        return f"({original(*args, **kwargs)})"

    return call


def test_a_method_is_replaced_for_objects_that_exist_and_for_subclasses() -> None:
    base, derived, original = Base(), Derived(), Base.__dict__["speak"]
    patches = Patches()
    patches.method(Base, "speak", bracketed)
    assert (base.speak(), derived.speak(), Base.speak.__doc__) == ("[base]", "[derived]", "What it says.")
    patches.check()
    patches.undo()
    assert Base.__dict__["speak"] is original
    assert (base.speak(), derived.speak()) == ("base", "derived")


def test_a_function_is_replaced_under_all_its_names() -> None:
    code, defaults, named = shout.__code__, shout.__defaults__, shout.__kwdefaults__
    patches = Patches()
    patches.function(shout, bracketed)
    assert early is shout
    assert [early("a"), early(word="a", mark="?"), early("a", times=3)] == ["[a!]", "[a?]", "[a!!!]"]
    patches.check()
    patches.undo()
    assert shout.__code__ is code
    assert shout.__defaults__ is defaults
    assert shout.__kwdefaults__ is named
    assert early("a", times=2) == "a!!"


def test_replacements_nest() -> None:
    outer, inner = Patches(), Patches()
    outer.function(shout, bracketed)
    outer.method(Base, "speak", bracketed)
    inner.function(shout, parenthesised)
    inner.method(Base, "speak", parenthesised)
    assert (early("a"), Base().speak()) == ("([a!])", "([base])")
    inner.undo()
    outer.check()
    assert (early("a"), Base().speak()) == ("[a!]", "[base]")
    outer.undo()
    assert (early("a"), Base().speak()) == ("a!", "base")


def test_something_else_in_the_place_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    patches = Patches()
    patches.method(Base, "speak", bracketed)
    with monkeypatch.context() as patch:
        patch.setattr(Base, "speak", lambda _: "other")
        with pytest.raises(InterceptionError, match=r"Base\.speak.*undo that first"):
            patches.check()
    patches.check()
    patches.undo()
    patches.function(shout, bracketed)
    later = Patches()
    later.function(shout, bracketed)
    with pytest.raises(InterceptionError, match="shout"):
        patches.check()
    later.undo()
    patches.undo()
    assert (early("a"), Base().speak()) == ("a!", "base")
