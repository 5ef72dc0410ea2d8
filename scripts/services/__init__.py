"""Real servers beside Caravan, on loopback: for tests, for benchmarks and for a developer."""
