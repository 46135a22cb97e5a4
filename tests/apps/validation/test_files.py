"""CRLs and certificates as HTTP: what is published and nothing else."""

from datetime import timedelta
from pathlib import Path

import pytest

from apps.validation.responders import CODE, Service
from guichet.validation.answers import CACHED
from guichet.validation.files import replace
from kit.pki import NOW


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("crl/X.crl", "application/pkix-crl"),
        ("ac/X.cer", "application/pkix-cert"),
        ("ac/chain.p7c", "application/pkcs7-mime; smime-type=certs-only"),
    ],
)
def test_published_files(service: Service, name: str, content_type: str) -> None:
    """RFC 2585 4: their media types; how long a cache may keep them."""
    replace(service.published / name, b"content")
    for method in ("GET", "HEAD"):
        answer = service.validation.answer(method, "/" + name, b"", NOW)
        assert (answer.status, answer.content_type, answer.body) == (200, content_type, b"content")
    headers = dict(answer.headers(NOW))
    assert headers["cache-control"].startswith(f"max-age={CACHED.seconds}, public")
    assert headers["x-content-type-options"] == "nosniff"
    assert service.validation.answer("POST", "/" + name, b"", NOW).status == 405


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/crl/",
        "/crl/X.cer",
        "/ac/X.crl",
        "/crl/absent.crl",
        "/crl/../ac/X.crl",
        "/crl/%2e%2e/X.crl",
        "/crl/sub/X.crl",
        "/crl/.X.crl-aside",
        "/ac/.hidden.cer",
        "/validation.lmdb",
        "/published/crl/X.crl",
        "/crl/\0.crl",
        "/crl/" + 5000 * "x" + ".crl",
        "/ocspx",
    ],
)
def test_what_is_not_published(service: Service, path: str) -> None:
    """404: no address leads out of the two folders, nor to a file being written."""
    replace(service.published / "crl" / "X.crl", b"content")
    (service.published / "ac" / ".hidden.cer").write_bytes(b"aside")
    assert service.get(path).status == 404


def test_a_replaced_file_is_seen_at_once(service: Service) -> None:
    """With another tag, so that no client keeps the former one."""
    path = service.published / "crl" / f"{CODE}.crl"
    replace(path, b"first")
    first = service.get(f"/crl/{CODE}.crl")
    assert service.get(f"/crl/{CODE}.crl").etag == first.etag
    replace(path, b"second")
    second = service.get(f"/crl/{CODE}.crl", NOW + timedelta(seconds=1))
    assert (second.body, second.etag == first.etag) == (b"second", False)
    path.unlink()
    assert service.get(f"/crl/{CODE}.crl").status == 404


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Aside, then renamed: nothing is left of it, its mode is as asked."""
    target = tmp_path / "new folder" / "key.pem"
    replace(target, b"first", mode=0o600)
    replace(target, b"second", mode=0o600)
    assert target.read_bytes() == b"second"
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(target.parent.iterdir()) == [target]


def test_a_replacement_that_fails_leaves_the_former_file(tmp_path: Path) -> None:
    """And nothing beside it."""
    target = tmp_path / "folder"
    target.mkdir()
    (target / "kept").write_bytes(b"kept")
    with pytest.raises(OSError, match="directory"):
        replace(target, b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert (target / "kept").read_bytes() == b"kept"
