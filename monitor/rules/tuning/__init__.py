"""What helps an operator to better rules: tests in the files, statistics, proposals."""
