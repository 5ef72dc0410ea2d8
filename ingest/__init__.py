"""What a file says, is, and becomes: types, dangers, facts, text and renditions."""
