"""What templates see, and the templates filled in."""
