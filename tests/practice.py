"""The practice of the tests, so that the real one in `shared/practice.toml` can change without them."""

from pathlib import Path

from infra.site.sources.practice_file import load

PRACTICE_FILE = Path(__file__).with_name("practice.toml")
PRACTICE = load(PRACTICE_FILE)
