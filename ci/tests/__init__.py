"""End-to-end tests of `dssbatch`, through nothing but its contract."""
