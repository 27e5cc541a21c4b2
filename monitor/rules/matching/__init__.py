"""Which rules hold for an article, with the spans that show it."""
