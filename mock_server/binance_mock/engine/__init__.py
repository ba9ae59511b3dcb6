"""The exchange itself: pure, deterministic, integers only.

Commands and their times come in as arguments, events and new state come out. Nothing here reads a clock, a
setting, JSON or randomness, so the same commands at the same times give the same events, ids included.

Units: prices, quantities, amounts and rates are integers scaled by 10^8 (`SCALE`); times are microseconds since
the Unix epoch.
"""
