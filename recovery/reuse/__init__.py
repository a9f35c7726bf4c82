"""Records of reuse: what each serial has been through, what of its life is used, and who released it. Append-only."""
