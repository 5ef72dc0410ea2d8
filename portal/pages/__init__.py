"""Pages that say what Caravan is and how to use it."""
