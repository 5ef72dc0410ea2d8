"""The tables, one aggregate a file: columns and constraints, no behaviour."""
