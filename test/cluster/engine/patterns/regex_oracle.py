"""Answers, one JSON line for each request, what Python's `re` finds: [pattern, text] gives match, search and findall.

Null for what Python does not compile, or does not come to an end with: it backtracks without bounds.
"""
import json
import re
import signal
import sys
import warnings

warnings.simplefilter("ignore")


def found(match):
    return None if match is None else [match.group(0), list(match.groups())]


class TooLong(Exception):
    pass


def give_up(_signal, _frame):
    raise TooLong


def answer(pattern, text):
    try:
        compiled = re.compile(pattern)
    except (re.error, OverflowError, ValueError, RecursionError):
        return None
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        return {
            "match": found(compiled.match(text)),
            "search": found(compiled.search(text)),
            "all": [found(match) for match in compiled.finditer(text)],
        }
    except TooLong:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


signal.signal(signal.SIGALRM, give_up)
for line in sys.stdin:
    print(json.dumps([answer(pattern, text) for pattern, text in json.loads(line)]), flush=True)
