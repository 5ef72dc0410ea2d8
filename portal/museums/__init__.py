"""The public pages of institutions, and the pictures of use: what was given, found and taken."""
