"""Rooms for people and programs: pages, API, command line."""
