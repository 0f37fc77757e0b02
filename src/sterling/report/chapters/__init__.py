"""The chapters of a project's report, one file each; `order` puts them together."""
