"""Quantities, documents, findings, results, run folders, numerics: what every floor stands on."""
