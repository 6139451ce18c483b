"""Answers, one JSON line for each request, what unmodified BioMAJ's downloaders list and choose, as its workflow uses them."""
import io
import json
import logging
import re
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
logging.warn = logging.warning
answers = sys.stdout
sys.stdout = io.StringIO()

from biomaj_core.config import BiomajConfig
from biomaj_download.download.curl import CurlDownload, HTTPParse
from biomaj_download.download.direct import DirectFTPDownload, DirectHTTPDownload
from biomaj_download.download.localcopy import LocalDownload
from biomaj_download.download.rsync import RSYNCDownload


def downloader_of(request, parse):
    protocol, server, directory = request["protocol"], request["server"], request["directory"]
    if protocol == "local":
        return LocalDownload(directory)
    if protocol == "rsync":
        return RSYNCDownload(server, directory)
    if protocol.startswith("direct"):
        direct = DirectHTTPDownload if "http" in protocol else DirectFTPDownload
        downloader = direct(protocol[len("direct"):], server, "/")
        downloader.set_server(server)
        if request.get("saveAs"):
            downloader.set_save_as(request["saveAs"])
        if request.get("method"):
            downloader.set_method(request["method"])
        if request.get("param"):
            downloader.set_param(request["param"])
        downloader.set_files_to_download([request["path"]])
        return downloader
    return CurlDownload(protocol, server, directory, parse)


def choose(request):
    defaults = BiomajConfig.DEFAULTS
    given = request.get("parse", {})
    parse = HTTPParse(
        given.get("dirLine", defaults["http.parse.dir.line"]),
        given.get("fileLine", defaults["http.parse.file.line"]),
        1, 2, 1, given.get("fileDate", 2), given.get("dateFormat"), given.get("fileSize", 3),
    )
    downloader = downloader_of(request, parse)
    patterns = request["patterns"]
    files, dirs = downloader.list()
    downloader.match(patterns, files, dirs)
    chosen = []
    # What the workflow does with the groups of patterns.
    for found in downloader.files_to_download:
        if not found.get("save_as"):
            found["save_as"] = found["name"]
        for pattern in patterns:
            if pattern in (".*", "**/*"):
                continue
            pattern = pattern.replace("^", "^/") if pattern.startswith("^") else "/" + pattern
            groups = re.match(pattern, found["name"])
            if groups is not None and len(groups.groups()) >= 1:
                found["save_as"] = "/".join(groups.groups())
                break
        chosen.append([found["name"], found["save_as"], int(found["size"]), [found["year"], found["month"], found["day"]]])
    return chosen


def retry(request):
    import tenacity

    downloader = LocalDownload("/")
    downloader.set_options({"stop_condition": request["stop"], "wait_policy": request["wait"]})
    retrying = downloader.retryer

    def state(attempt, elapsed):
        state = tenacity.RetryCallState(retrying, None, (), {})
        state.attempt_number = attempt
        state.start_time = 0
        state.outcome_timestamp = elapsed
        return state

    return [
        [bool(retrying.stop(state(attempt, elapsed))), float(retrying.wait(retry_state=state(attempt, elapsed)))]
        for attempt, elapsed in request["states"]
    ]


def highest(request):
    from biomaj.workflow import UpdateWorkflow

    return UpdateWorkflow._UpdateWorkflow__findLastRelease(None, request["versions"])


def written(request):
    import datetime

    return datetime.datetime(*request["time"]).strftime(request["format"])


def read_date(request):
    import datetime

    date = datetime.datetime.strptime(request["text"], request["format"])
    return [date.year, date.month, date.day]


requests = {"choose": choose, "retry": retry, "highest": highest, "strftime": written, "strptime": read_date}
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"ok": True, "value": requests[request["ask"]](request)}
    except Exception as error:
        answer = {"ok": False, "error": "%s: %s" % (type(error).__name__, error)}
    answers.write(json.dumps(answer) + "\n")
    answers.flush()
