"""`python -m generation.studio artist|press`: a child process of the local studio.

Started by `child.py` only, which hands it one end of a socket pair.
"""

import argparse
from pathlib import Path

from config.log import start_logging
from generation.studio.duty import Desk, take_up_duty


def main() -> None:
    chosen = _parser().parse_args()
    start_logging(chosen.log_level)
    take_up_duty(chosen.parent, chosen.nice)
    # From here on the parent's end ends us, also while torch is still being imported.
    chosen.work(chosen, Desk(chosen.wire))


def _draw(chosen: argparse.Namespace, desk: Desk) -> None:
    from generation.studio.artist import Artist, set_threads

    set_threads(chosen.threads)
    artist = Artist(
        chosen.models_file,
        chosen.motion_file,
        preview_interval=chosen.preview_interval,
        checkpoint_interval=chosen.checkpoint_interval,
    )
    if chosen.warm:
        artist.warm_up(chosen.warm)
    desk.carry_out(artist.draw)


def _compose(_chosen: argparse.Namespace, desk: Desk) -> None:
    from generation.studio.press import Press

    press = Press()
    for ticket, order in desk.press_work():
        for answer in press.work(order):
            desk.answer(ticket, answer)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m generation.studio", description=__doc__)
    commands = parser.add_subparsers(required=True)
    artist = commands.add_parser("artist")
    artist.set_defaults(work=_draw)
    artist.add_argument("--models-file", type=Path, required=True)
    artist.add_argument("--motion-file", type=Path, required=True)
    artist.add_argument("--threads", type=int, default=0)
    artist.add_argument("--warm", default="", metavar="MODEL")
    artist.add_argument("--preview-interval", type=float, default=3.0)
    artist.add_argument("--checkpoint-interval", type=float, default=10.0)
    press = commands.add_parser("press")
    press.set_defaults(work=_compose)
    for one in (artist, press):
        one.add_argument("--wire", type=int, required=True, metavar="FD")
        one.add_argument("--parent", type=int, required=True, metavar="PID")
        one.add_argument("--nice", type=int, default=0)
        one.add_argument("--log-level", default="INFO")
    return parser


if __name__ == "__main__":
    main()
