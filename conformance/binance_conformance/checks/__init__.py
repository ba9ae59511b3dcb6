"""All checks. Whoever writes a family names it here."""

from __future__ import annotations

from typing import Final

from binance_conformance.check import Check
from binance_conformance.checks import (
    faults,
    numbers,
    order_life,
    pagination,
    parameters,
    permissions,
    rate_limits,
    signing,
    time_units,
    timing,
)

ALL: Final[tuple[Check, ...]] = (
    *signing.CHECKS,
    *timing.CHECKS,
    *parameters.CHECKS,
    *numbers.CHECKS,
    *permissions.CHECKS,
    *rate_limits.CHECKS,
    *faults.CHECKS,
    *order_life.CHECKS,
    *pagination.CHECKS,
    *time_units.CHECKS,
)
"""Every check there is, in the order of reports."""
