"""Who may see and do what: the actions, the roles that grant them, and the rules, in one place."""
