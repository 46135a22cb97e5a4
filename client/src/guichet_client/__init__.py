"""guichet-client: the certificates of one server, obtained and renewed without anybody's hand."""

__version__ = "1.0.0"
