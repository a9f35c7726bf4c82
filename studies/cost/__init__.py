"""What a launch costs: TRANSCOST relations with the range of every coefficient, prices of a country and a year."""
