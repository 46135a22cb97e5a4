"""What the back office keeps."""

from guichet.backoffice.models.announcements import AnnouncementRow

__all__ = ["AnnouncementRow"]
