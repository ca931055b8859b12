"""What can go wrong with a build."""


class BuildError(Exception):
    """The package cannot be built. The message says why in words for whoever ran the build."""
