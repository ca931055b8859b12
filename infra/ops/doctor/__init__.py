"""Whether all is well with a stage: `make doctor` looks, before a deployment and after, and changes nothing.

Each check is a function that yields what it finds. `case.py` has what they look at, `checks.py` lists them.
"""
