"""One flight, counted from T-0, at every T-0 of its launch window: separation states with covariance, files for screeners."""
