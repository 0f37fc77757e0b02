"""What happened, kept: an append-only, hash-chained ledger, and a store of bytes named by their digests."""
