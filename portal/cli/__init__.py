"""The command line: one group of commands a file, calling the functions the pages call."""
