"""Answers, one JSON line for each request, what Python's `re` finds: [pattern, text] gives match, search and findall."""
import json
import re
import sys
import warnings

warnings.simplefilter("ignore")


def found(match):
    return None if match is None else [match.group(0), list(match.groups())]


for line in sys.stdin:
    answers = []
    for pattern, text in json.loads(line):
        try:
            compiled = re.compile(pattern)
        except (re.error, OverflowError, ValueError, RecursionError):
            answers.append(None)
            continue
        answers.append(
            {
                "match": found(compiled.match(text)),
                "search": found(compiled.search(text)),
                "all": [found(match) for match in compiled.finditer(text)],
            }
        )
    print(json.dumps(answers), flush=True)
