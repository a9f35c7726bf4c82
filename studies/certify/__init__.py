"""`osea certify`: what can look at vehicles, modules, engines, sites and benches, for the suites of `certification`."""
