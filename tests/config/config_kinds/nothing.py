"""No kind: it has no options."""
