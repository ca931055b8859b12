"""What CLDR knows of the languages and what translators say in them: names, dates, matching, messages."""
