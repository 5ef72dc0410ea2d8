"""One family of formats a file: what it says about itself, its text, and what we make of it."""
