"""What authors write: articles in Markdown, their facts in YAML, style, script and pictures."""
