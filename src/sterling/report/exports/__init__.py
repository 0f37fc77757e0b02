"""Verdicts in the forms that other programs read: test results, code scanning, a build service's log."""
