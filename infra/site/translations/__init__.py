"""Whether a translation still says what the source says, and so whether it is published."""
