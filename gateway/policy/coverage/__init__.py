"""What stands behind each rule of the catalogue: rules, rows, tests, cases."""
