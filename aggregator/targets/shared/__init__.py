"""What several kinds of target have in common; a kind imports no other kind, only this."""
