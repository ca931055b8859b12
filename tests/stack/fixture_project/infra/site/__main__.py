"""Compiles ``site.txt``, where there is one, and finds fault with it where it says so."""

import sys
from pathlib import Path

source = Path("functions/content/site.txt")
text = source.read_text(encoding="utf-8") if source.exists() else ""
if "wrong" in text:
    sys.exit("site.txt, line 1: wrong")
compiled = Path(sys.argv[1], "compiled")
compiled.mkdir(exist_ok=True)
(compiled / "site.txt").write_text(" ".join([text, *sys.argv[2:]]), encoding="utf-8")
