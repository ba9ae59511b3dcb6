"""Spot: `/api/v3`."""
