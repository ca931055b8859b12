"""What two or more functions need. Imports nothing from `functions`."""
