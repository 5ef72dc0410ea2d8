"""Finding: the front page, search, and the page of a resource."""
