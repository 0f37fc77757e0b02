"""Rules as data: one TOML file each."""
