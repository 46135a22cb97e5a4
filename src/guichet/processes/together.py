"""Several servers in one process."""

import signal
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from cheroot.wsgi import Server


def serve_together(*servers: Server) -> None:
    """Until SIGTERM or SIGINT, or until one of them fails; they end at the same time."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    with ThreadPoolExecutor(len(servers)) as pool:
        serving = [pool.submit(server.start) for server in servers]
        try:
            for ended in wait(serving, return_when=FIRST_COMPLETED).done:
                ended.result()
        except KeyboardInterrupt:
            pass
        finally:
            with ThreadPoolExecutor(len(servers)) as ending:
                list(ending.map(Server.stop, servers))
