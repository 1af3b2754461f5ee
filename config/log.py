"""Logging: one line a record on standard error, times in UTC."""

import logging
import time


def start_logging(level: str) -> None:
    """Log from `level` (`DEBUG`, `INFO`, ...) up."""
    handler = logging.StreamHandler()
    line = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")
    line.converter = time.gmtime
    handler.setFormatter(line)
    logging.basicConfig(level=level, handlers=[handler], force=True)
