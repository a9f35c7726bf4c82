"""The book of proof: published cases beside our numbers."""
