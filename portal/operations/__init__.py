"""Addresses for operators and robots: is it up, are its parts well, what may be crawled."""
