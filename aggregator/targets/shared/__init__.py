"""What several kinds of target have in common: talking to a blog over HTTP, and the text of a post for it."""
