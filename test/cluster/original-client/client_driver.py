"""Runs Debian's biomaj-cli.py as often as it is asked to: one JSON list of arguments per line, one JSON text back.

Each run executes the whole program anew; only the libraries that it imports stay loaded.
"""
import sys

sys.dont_write_bytecode = True

import contextlib
import io
import json
import logging
import runpy

PROGRAM = '/usr/bin/biomaj-cli.py'


def last_line(text):
    return text.strip().split('\n')[-1]


def run(arguments):
    said, errors, status = io.StringIO(), io.StringIO(), 0
    sys.argv = [PROGRAM] + arguments
    logging.getLogger().handlers.clear()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
        try:
            runpy.run_path(PROGRAM, run_name='__main__')
        except SystemExit as end:
            status = end.code or 0
    # Of a traceback, or of argparse's usage, the line that says what is wrong.
    return said.getvalue() + last_line(errors.getvalue()) + ('(exit %s)' % status if status else '')


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
