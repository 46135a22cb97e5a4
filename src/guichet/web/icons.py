"""Line icons, drawn on a 24 × 24 grid with a stroke of the text's colour.

Most outlines follow Lucide (ISC licence, lucide.dev).
"""

from collections.abc import Mapping
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

OUTLINES: Final[Mapping[str, str]] = {
    "plus": '<path d="M5 12h14M12 5v14"/>',
    "download": '<path d="M12 3v12m-5-5 5 5 5-5M5 21h14"/>',
    "upload": '<path d="M12 16V4m-5 5 5-5 5 5M5 21h14"/>',
    "list": '<path d="M8 6h13M8 12h13M8 18h13M3.5 6h.01M3.5 12h.01M3.5 18h.01"/>',
    "ban": '<circle cx="12" cy="12" r="9"/><path d="m5.7 5.7 12.6 12.6"/>',
    "mail": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3 7 9 6 9-6"/>',
    "home": '<path d="M3 10.5 12 3l9 7.5V21h-6v-6H9v6H3z"/>',
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "cross": '<path d="M6 6l12 12M18 6 6 18"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 7.7h.01"/>',
    "success": '<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.8 2.8L16 9.5"/>',
    "warning": '<path d="M12 3.5 22 20.5H2z"/><path d="M12 10v4.5M12 17.4h.01"/>',
    "danger": (
        '<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8z"/><path d="M12 7.5v5.5M12 16.3h.01"/>'
    ),
    "arrow-right": '<path d="M5 12h14m-6-6 6 6-6 6"/>',
    "arrow-left": '<path d="M19 12H5m6-6-6 6 6 6"/>',
    "chevron-left": '<path d="m15 6-6 6 6 6"/>',
    "chevron-right": '<path d="m9 6 6 6-6 6"/>',
    "chevron-down": '<path d="m6 9 6 6 6-6"/>',
    "copy": '<rect x="9" y="9" width="12" height="12" rx="2"/>'
    '<path d="M5 15H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v1"/>',
    "search": '<circle cx="11" cy="11" r="7"/><path d="m20.5 20.5-4.5-4.5"/>',
    "card": '<rect x="2.5" y="5" width="19" height="14" rx="2"/><path d="M2.5 10h19M6.5 15h4"/>',
    "phone": '<rect x="7" y="2.5" width="10" height="19" rx="2"/><path d="M11 18h2"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4 21c.6-4.5 3.7-6.5 8-6.5s7.4 2 8 6.5"/>',
    "exit": '<path d="M10 4H5v16h5M14 8l4 4-4 4m4-4H9"/>',
    "key": '<circle cx="7.5" cy="15.5" r="4.5"/><path d="M10.8 12.2 20 3m-4 4 3 3m-6 0 2 2"/>',
    "shield": '<path d="M12 3 4.5 6v5.5c0 4.8 3.2 8 7.5 9.5 4.3-1.5 7.5-4.7 7.5-9.5V6z"/>',
    "certificate": '<path d="M20 14V4.5a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h6"/>'
    '<path d="M8 8h8M8 12h4"/>'
    '<circle cx="17" cy="16" r="2.5"/>'
    '<path d="M15.5 18v4l1.5-1 1.5 1v-4"/>',
    "server": '<rect x="3" y="4" width="18" height="7" rx="1.5"/>'
    '<rect x="3" y="13" width="18" height="7" rx="1.5"/><path d="M7 7.5h.01M7 16.5h.01"/>',
    "building": '<path d="M4 21V4h10v17M14 9h6v12M2.5 21h19M8 8h2M8 12h2M8 16h2"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.3l3.5 2"/>',
    "refresh": (
        '<path d="M20 5v5h-5M4 19v-5h5"/>'
        '<path d="M5.5 9A7 7 0 0 1 19 8.5M18.5 15A7 7 0 0 1 5 15.5"/>'
    ),
    "help": (
        '<circle cx="12" cy="12" r="9"/>'
        '<path d="M9.5 9.5a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1 1-1.1 1.8M12 16.7h.01"/>'
    ),
    "external": '<path d="M14 4h6v6M20 4l-9 9M18 14v6H4V6h6"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "sun": (
        '<circle cx="12" cy="12" r="4"/>'
        '<path d="M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3'
        ' 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"/>'
    ),
    "moon": '<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z"/>',
    "contrast": (
        '<circle cx="12" cy="12" r="9"/><path d="M12 3v18a9 9 0 0 0 0-18z" fill="currentColor"/>'
    ),
    "language": (
        '<path d="M3 5.5h10M8 3.5v2M10.5 5.5c-.8 4-3.5 7-7 8.5M5.5 8.5c1.2 2.6 3.3'
        ' 4.5 6 5.5M12.5 20.5l4-10 4 10M14 17h5"/>'
    ),
    "file": '<path d="M6 2.5h8l5 5v14H6zM14 2.5v5h5"/>',
    "inbox": '<path d="M3 13 6 4.5h12L21 13v6.5H3zM3 13h5l1.5 2.5h5L16 13h5"/>',
    "calendar": (
        '<rect x="3.5" y="5" width="17" height="16" rx="1.5"/>'
        '<path d="M3.5 10h17M8 2.5V7M16 2.5V7"/>'
    ),
    "settings": (
        '<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/>'
        '<circle cx="15" cy="7" r="2"/>'
        '<circle cx="9" cy="17" r="2"/>'
    ),
}


def icon(name: str, label: str = "") -> SafeString:
    """The icon `name`; `label` is read aloud, without one the icon is decoration."""
    outline = mark_safe(OUTLINES[name])  # noqa: S308 a constant of this module
    if label:
        return format_html(
            '<svg class="icon" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>',
            label,
            outline,
        )
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        outline,
    )
