"""What a summary tells of each notebook: which tables, which columns, in which words."""
