"""Words in, resources out: the seam to a search engine, its facets, and the words people use."""
