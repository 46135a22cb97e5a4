"""What a browser sends of the form: texts by path, and what it had been shown.

Only what was changed is saved, so that two people who write at once lose nothing: each page
carries a short digest of every text it showed, and a text that comes back the same is left alone.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, QueryDict

from guichet.domain.dossier.typed import Typed
from guichet.domain.refusals import Code, Refusal

SHOWN: Final = "_shown"
JSON_AT_MOST: Final = 256 * 1024


def digest(text: str) -> str:
    """Enough to tell one text from another that a person typed."""
    return hashlib.blake2s(text.encode(errors="replace"), digest_size=4).hexdigest()


def shown(typed: Typed) -> str:
    """The digests that a page carries; empty texts are left out."""
    return json.dumps({path: digest(text) for path, text in typed.texts.items()})


def changed(post: QueryDict) -> dict[str, str]:
    """The texts of a POST that are not what its page showed; a ticked box follows an empty text."""
    before = _digests(post.get(SHOWN, ""))
    texts = {name: kept(str(post[name])) for name in post}
    return {
        name: text
        for name, text in texts.items()
        if not name.startswith("_") and digest(text) != before.get(name, digest(""))
    }


def kept(text: str) -> str:
    """A text as it is kept: line ends of one kind, nothing that a database cannot store."""
    storable = text.encode("utf-8", "replace").decode().replace("\0", "")
    return storable.replace("\r\n", "\n").replace("\r", "\n")


def read_json(request: HttpRequest) -> Mapping[str, Any]:
    """The JSON object of a request. Raises Refusal: REQUEST_TOO_LARGE, REQUEST_MALFORMED."""
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise Refusal(Code.REQUEST_TOO_LARGE) from error
    if len(body) > JSON_AT_MOST:
        raise Refusal(Code.REQUEST_TOO_LARGE)
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(Code.REQUEST_MALFORMED) from error
    if not isinstance(found, dict):
        raise Refusal(Code.REQUEST_MALFORMED)
    return found


def texts_of(value: object) -> dict[str, str]:
    """Texts by path out of JSON. Raises Refusal(REQUEST_MALFORMED) on anything else."""
    if not isinstance(value, dict):
        raise Refusal(Code.REQUEST_MALFORMED)
    if not all(isinstance(text, str) for text in value.values()):
        raise Refusal(Code.REQUEST_MALFORMED)
    return {kept(path): kept(text) for path, text in value.items()}


def _digests(text: str) -> Mapping[str, str]:
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
