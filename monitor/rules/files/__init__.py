"""Rule files to a rule book, or every problem at its place."""
