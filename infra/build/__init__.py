"""Packaging: what goes into each function's zip, and nothing else.

`sam build` calls the Makefile's `build-<LogicalId>` rule, and the rule calls `python -m infra.build`. A package is put
together from three things, each in a module of its own, and then sealed so that equal sources give equal bytes:

===============  ========================================================================
`imports`        the project's own modules that the handler leads to
`dependencies`   the pinned libraries of the function's dependency group, for Lambda's platform
`package`        the compiled parts it reads at run time; puts all of it together
`seal`           bytecode, and one order, time and mode for every file
===============  ========================================================================

SAM's own builders are not used: they ship no bytecode, and the whole checkout beside the code.
"""
