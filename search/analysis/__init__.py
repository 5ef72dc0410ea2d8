"""Text into terms, the same for documents and queries, for twelve languages."""
