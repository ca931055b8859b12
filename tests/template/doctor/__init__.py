"""A healthy stage for the doctor, and what can be wrong with it."""
