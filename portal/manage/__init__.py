"""Managing: institutions, people and agreements, by forms."""
