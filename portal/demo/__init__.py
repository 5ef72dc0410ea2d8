"""The demonstration: invented institutions and resources with media made on the spot."""
