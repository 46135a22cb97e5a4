"""guichet-client: the certificates of one server, obtained and renewed without anybody's hand."""

__version__ = "0.1.0"
