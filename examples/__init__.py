"""Three whole examinations of real decisions; each folder has its data, a datasheet, a policy and a README."""
