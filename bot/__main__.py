"""`python -m bot COMMAND` is `inkthread COMMAND`: how `inkthread run` starts its children."""

import sys

from config.cli import main

sys.exit(main())
