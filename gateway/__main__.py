"""Runs the command line: `python -m gateway` is `datenschleuse`."""

from gateway.cli import main

main()
