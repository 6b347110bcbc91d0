"""Mutation of the rules: whether the proof of the law notices when one of them is changed."""
