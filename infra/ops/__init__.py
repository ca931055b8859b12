"""Commands for the person who runs a deployed stack."""
