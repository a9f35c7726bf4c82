"""Campaigns: a constellation deployed by a fleet of boosters, event by event, with its calendar and its costs."""
