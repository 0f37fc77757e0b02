"""Questions to the ledger, one a file. Each is a function of what is recorded and returns plain facts; none prints."""
