"""What surrounds the functions: the stack on one machine, and packaging. Nothing imports it but tests."""
