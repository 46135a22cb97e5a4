"""`python -m guichet_client`."""

import sys

from guichet_client.cli import main

sys.exit(main())
