#!/usr/bin/env python
"""The site's command line; `commonplace` runs it with the right Python."""

import sys

from config.command_line import main

if __name__ == "__main__":
    main(sys.argv)
