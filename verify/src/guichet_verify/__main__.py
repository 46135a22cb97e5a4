"""`python -m guichet_verify`."""

import sys

from guichet_verify.cli import main

sys.exit(main())
