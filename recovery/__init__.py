"""The booster brought home: its return, landing guidance, other descents, landing sites, records of reuse."""
