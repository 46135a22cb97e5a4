"""Putting a version into use: the link, the other formats, the tests, then the reloads."""

from guichet_client import exports, files, hooks, tokens
from guichet_client.errors import ClientError
from guichet_client.files import SECRET, Owner
from guichet_client.settings import Settings
from guichet_client.store import Store, Version
from guichet_client.wording import Say


def install(settings: Settings, store: Store, version: Version) -> None:
    """Have servers use a version. Raises ClientError (HOOK, FILES).

    When a server's settings fail their test, the version before is put back at once; the next run
    tries the same version again and orders nothing.
    """
    before = store.current()
    # Told first: a run that ends anywhere below leaves the reloads to the next.
    store.remember(hooks_due=True)
    try:
        _show(settings, store, version)
        for test in hooks.tests(settings.reloads):
            hooks.run(test, _told(settings, store))
    except ClientError as error:
        if before is None or before.number == version.number:
            raise
        _show(settings, store, before)
        store.remember(hooks_due=None)
        raise ClientError(error.code, Say.PUT_BACK, error=error) from error
    store.forget_pending()
    for action in hooks.actions(settings.reloads, settings.commands):
        hooks.run(action, _told(settings, store))
    store.remember(hooks_due=None)
    for uri in store.prune():
        tokens.destroy(settings.key, uri)


def _show(settings: Settings, store: Store, version: Version) -> None:
    store.use(version)
    for output in settings.outputs:
        password = files.secret(output.password_file) if output.password_file else ""
        data = exports.made(version, output.format, settings.wanted.name, password)
        owner = Owner(output.owner or settings.owner, output.group or settings.group)
        files.write(output.path, data, mode=SECRET, owner=owner)


def _told(settings: Settings, store: Store) -> dict[str, str]:
    live = store.live
    return {
        "name": settings.name,
        "folder": str(live),
        "certificate": str(live / "fullchain.pem"),
        "key": str(live / "key.pem"),
    }
