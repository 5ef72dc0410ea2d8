"""For readers that are programs: what is new as a feed, all addresses, and how to search here."""
