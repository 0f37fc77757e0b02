"""What a table promises: inferred from one, refined by people, held against others."""
