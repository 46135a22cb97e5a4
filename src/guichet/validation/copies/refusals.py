"""Why something of a publication is not taken."""


class PublicationRefusedError(Exception):
    """What is there is not what its publisher signed, or goes back; what a copy holds stays."""


class PlaceError(Exception):
    """The place of the publication does not answer, or refuses; it is asked again later."""
