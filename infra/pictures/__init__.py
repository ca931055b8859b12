"""Pictures of the site, made by a browser: what the README shows, and what is shown where an article is shared."""
