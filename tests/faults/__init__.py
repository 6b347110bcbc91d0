"""Everything broken in turn, while a real gateway runs; the whole log audited after each."""
