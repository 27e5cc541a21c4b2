"""What is allowed in rule files but unwise, each with a code, a place and a fix."""
