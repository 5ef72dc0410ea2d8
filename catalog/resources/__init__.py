"""Resources: written as drafts, kept in versions, checked before handing over, and read."""
