"""HTML and plain text made fit to publish, and what a page says about itself; pure, no network."""
