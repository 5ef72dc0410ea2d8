"""The records: resources, people, rights, states, the log and the jobs."""
