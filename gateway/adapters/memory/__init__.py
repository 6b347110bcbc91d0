"""A second implementation of every port, in memory; told to fail, it fails."""
