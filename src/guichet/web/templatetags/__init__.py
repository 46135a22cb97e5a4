"""Components of pages, as tags."""
