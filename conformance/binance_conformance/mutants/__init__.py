"""All mutants. Whoever writes a family names it here."""

from __future__ import annotations

from typing import Final

from binance_conformance.mutant import Mutant
from binance_conformance.mutants import (
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

ALL: Final[tuple[Mutant, ...]] = (
    *signing.MUTANTS,
    *timing.MUTANTS,
    *parameters.MUTANTS,
    *numbers.MUTANTS,
    *permissions.MUTANTS,
    *rate_limits.MUTANTS,
    *faults.MUTANTS,
    *order_life.MUTANTS,
    *pagination.MUTANTS,
    *time_units.MUTANTS,
)
"""Every mutant there is."""
