"""Everything that writes files: the command line, comparisons, tables and pictures."""
