"""Importing this package makes the checks of the explain shelf known; each is loaded once it is named."""

from sterling.core.registry import later

later("sterling.explain.checks.ex001_attributions", "EX001")
