"""European options (eapi)."""
