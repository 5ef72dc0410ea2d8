"""The page of all components, which the demonstration alone has: a sheet for those who build pages."""
