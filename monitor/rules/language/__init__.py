"""The query language: text to tree and back, and errors that point."""
