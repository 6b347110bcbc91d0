"""How rules and registry change: change sets, their signatures, their entries."""
