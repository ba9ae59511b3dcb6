"""Every known failure mode has a check, or a reason why not."""

from __future__ import annotations

from binance_conformance import checks
from binance_conformance.check import MUST
from binance_conformance.failure_modes import FAILURE_MODES
from binance_conformance.uncovered import UNCOVERED
from binance_mock.catalog import rules


def test_the_list_of_failure_modes_has_no_gaps() -> None:
    assert list(FAILURE_MODES) == [f"F-{number}" for number in range(1, 120)]
    assert len(set(FAILURE_MODES.values())) == len(FAILURE_MODES)
    assert all(title and not title.endswith(".") for title in FAILURE_MODES.values())


def test_every_failure_mode_has_a_check_or_a_reason_and_none_has_both() -> None:
    guarded = {mode for check in checks.ALL for mode in check.guards}
    assert sorted(guarded - set(FAILURE_MODES)) == [], "guarded, but not in the list"
    assert sorted(set(UNCOVERED) - set(FAILURE_MODES)) == [], "excused, but not in the list"
    assert sorted(guarded & set(UNCOVERED)) == [], "guarded and excused"
    assert [
        f"{mode} {title}" for mode, title in FAILURE_MODES.items() if mode not in guarded and mode not in UNCOVERED
    ] == [], "neither guarded nor excused"
    assert all(reason for reason in UNCOVERED.values())


def test_every_check_rests_on_rules_that_there_are() -> None:
    known = {name for market in rules.MARKETS for name in rules.read(market).rules}
    for check in checks.ALL:
        assert set(check.rules) <= known, check.id
        assert check.guards, check.id


def test_checks_say_what_reports_need() -> None:
    for check in checks.ALL:
        family, _, name = check.id.partition(".")
        assert family
        assert name
        assert check.id == check.id.lower()
        assert not check.title.endswith("."), check.id
        assert check.why.endswith("."), check.id
        assert check.play.__doc__, check.id
        assert check.venues, check.id
        assert check.key_types, check.id


def test_families_stand_together() -> None:
    families = [check.family for check in checks.ALL]
    assert families == sorted(families, key=families.index)
    assert MUST in {check.level for check in checks.ALL}
