"""The one option that every rung has when it runs by itself: the language it speaks."""

from __future__ import annotations

import argparse


def language() -> str:
    """Return the language asked for on the command line: "en", or "ko" after `--lang ko`."""
    parser = argparse.ArgumentParser(description="Tell what this rung of the ladder shows.")
    parser.add_argument("--lang", choices=("en", "ko"), default="en", help="English or Korean (한국어)")
    return str(parser.parse_args().lang)
