"""Reads a data directory of redress, without redress.

    python3 tests/read_journal.py DIR…                         checks; one line of JSON for each directory
    python3 tests/read_journal.py DIR --format jsonl           the records, each line as it is on disk
    python3 tests/read_journal.py DIR --format head --to N     the head of the Merkle tree over N records

`--from N` and `--to N` are positions, both included. Exit codes: 0 whole, 1 a torn end and nothing
else, 7 damaged, 8 a file of it cannot be read, 4 not a directory of redress, 2 asked wrongly.

Written from docs/event-log-format.md alone, which says why things are as they are; nothing here was
taken from the program that writes the log. Nothing is ever written. Needs Python 3.11, no packages.
"""

import argparse
import hashlib
import json
import os
import re
import struct
import sys

FORMAT = 0
MAX_LINE_BYTES = 1 << 20
MAX_APPEND_BYTES = 128 << 20
MAX_APPEND_RECORDS = 50_000
MAX_DEPTH = 100
MAX_INTEGER = 2**53 - 1

MARKER = ["format", "log", "epoch", "zone", "clock"]
HEADER = ["redress", "format", "log", "epoch", "zone", "clock", "first", "tree"]
SEAL = ["redress", "next", "tree"]
RECORD = ["position", "turn", "part", "recorded_at", "stream", "version", "id", "type", "schema",
          "occurred_at", "actor", "command", "payload"]

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HASH = re.compile(r"[0-9a-f]{64}")
INSTANT = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
                     r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z")
PART = re.compile(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})")
TYPE = re.compile(r"[a-z][a-z0-9_.-]{0,99}")
# Which of the characters beyond ASCII are letters changes with every Unicode: all are taken.
STREAM = re.compile(r"[a-z][a-z0-9_-]*/(?:[A-Za-z0-9_.:~@+-]|[^\x00-\x7f])+")
CRC = re.compile(rb',"crc":"([0-9a-f]{8})"\}\n')
CRC_BYTES = len(b',"crc":"00000000"}\n')
WITNESS = re.compile(rb'\{"position":|\{"redress":"seal"')
SEGMENT = re.compile(r"[0-9]{20}\.jsonl")


class Broken(Exception):
    """A line, or the marker, is not spelled as the page says."""


class Unwritten(Broken):
    """What no writer wrote to its end: there is no LF, or the checksum does not agree."""


class NotRedress(Exception):
    """There is nothing here that this program can read."""


# --- the checksum ---------------------------------------------------------------------------------

def crc_table():
    """What two bytes do to the register. Two at a time is twice as fast as the usual one."""
    table = []
    for register in range(1 << 16):
        for _ in range(16):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
        table.append(register)
    return table


CRC_TABLE = crc_table()


def crc32c(data):
    table = CRC_TABLE
    register = 0xFFFFFFFF
    for pair in struct.unpack_from(f"<{len(data) // 2}H", data):
        register = register >> 16 ^ table[(register ^ pair) & 0xFFFF]
    if len(data) % 2:
        register ^= data[-1]
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


# --- the spelling of a line -----------------------------------------------------------------------

def refuse_fraction(text):
    raise Broken(f"{text} is no integer")


def integer(text):
    value = int(text)
    if abs(value) > MAX_INTEGER:
        raise Broken(f"{text} is beyond 2^53 - 1")
    return value


READ = json.JSONDecoder(parse_int=integer, parse_float=refuse_fraction, parse_constant=refuse_fraction)
SPELL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)


def parse(text):
    """The value of one JSON text, if that is the one spelling the value has.

    Python's encoder, set like this, happens to spell exactly as the page asks: no blanks, the short
    escapes, \\u00xx in lower case for the other control characters and no escape otherwise. So a
    text is well spelled if the encoder gives it back byte for byte. That refuses a key which stands
    twice in an object as well, and half a surrogate pair, for which there is no UTF-8.
    """
    try:
        value = READ.decode(text.decode("utf-8"))
        again = SPELL.encode(value).encode("utf-8")
    except (ValueError, RecursionError) as why:
        raise Broken(f"no JSON: {why}") from None
    if again != text:
        raise Broken("not spelled as the page says")
    return value


def depth(value):
    """How deep arrays and objects are nested: 0 for a text, 1 for an array of texts."""
    deepest, still = 0, [(value, 1)]
    while still:
        value, level = still.pop()
        if isinstance(value, (dict, list)):
            deepest = max(deepest, level)
            inner = value.values() if isinstance(value, dict) else value
            still.extend((one, level + 1) for one in inner)
    return deepest


def need(condition, what):
    if not condition:
        raise Broken(f"`{what}` is not as the page says")


def is_count(value, least=1):
    return type(value) is int and value >= least  # `type`, because True is an int to isinstance


def matches(pattern, value):
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def check_marker(value):
    need(value["format"] == FORMAT, "format")
    need(matches(UUID, value["log"]), "log")
    need(is_count(value["epoch"]), "epoch")
    need(isinstance(value["zone"], str) and value["zone"] != "", "zone")
    need(value["clock"] in ("system", "simulated"), "clock")


def check_record(value):
    need(is_count(value["position"]), "position")
    need(is_count(value["turn"]) and value["turn"] <= value["position"], "turn")
    part = PART.fullmatch(value["part"]) if isinstance(value["part"], str) else None
    need(part is not None, "part")
    value["part"] = part_of, parts = int(part[1]), int(part[2])
    need(part_of <= parts <= MAX_APPEND_RECORDS, "part")
    need(matches(INSTANT, value["recorded_at"]), "recorded_at")
    need(matches(STREAM, value["stream"]) and len(value["stream"].encode()) <= 200, "stream")
    need(is_count(value["version"]), "version")
    need(matches(UUID, value["id"]), "id")
    need(matches(TYPE, value["type"]), "type")
    need(is_count(value["schema"], 0) and value["schema"] < 2**32, "schema")
    need(matches(INSTANT, value["occurred_at"]), "occurred_at")


def parse_line(line):
    """What stands in a line: ("record" or "header" or "seal", its fields). `part` becomes (k, n)."""
    if len(line) > MAX_LINE_BYTES:
        raise Unwritten("longer than 1 MiB")
    crc = CRC.fullmatch(line, max(0, len(line) - CRC_BYTES))
    if crc is None:
        raise Unwritten("it does not end with a checksum and LF")
    body = line[:-CRC_BYTES]
    if crc32c(body) != int(crc[1], 16):
        raise Unwritten("the checksum does not agree")
    value = parse(body + b"}")
    need(isinstance(value, dict), "line")
    # Brackets inside texts are counted here as well: only lines with many of them are looked at.
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        need(all(depth(one) <= MAX_DEPTH for one in value.values()), "depth")
    keys = list(value)
    if keys == RECORD:
        check_record(value)
        return "record", value
    if keys == HEADER and value["redress"] == "segment":
        check_marker(value)
        need(is_count(value["first"]), "first")
        need(matches(HASH, value["tree"]), "tree")
        return "header", value
    if keys == SEAL and value["redress"] == "seal":
        need(is_count(value["next"]), "next")
        need(matches(HASH, value["tree"]), "tree")
        return "seal", value
    raise Broken("neither a header nor a record nor a seal")


def read_marker(directory):
    """What redress.json says. It may be written by hand, so its meaning counts, not its bytes."""
    try:
        with open(os.path.join(directory, "redress.json"), "rb") as file:
            marker = json.loads(file.read(MAX_LINE_BYTES))
        need(isinstance(marker, dict) and set(MARKER) <= set(marker), "redress.json")
        check_marker(marker)
    except (OSError, ValueError, Broken) as why:
        raise NotRedress(f"{directory}: {why}") from None
    return marker


# --- the Merkle tree ------------------------------------------------------------------------------

class Tree:
    """The heads of the full subtrees, the largest first: one for each bit set in the number of leaves."""

    def __init__(self):
        self.leaves = 0
        self.full = []

    def add(self, line):
        """Adds a record's line, without its LF."""
        head = hashlib.sha256(b"\x00" + line).digest()
        size = self.leaves
        while size & 1:  # two subtrees of one size become one of twice that size
            head = hashlib.sha256(b"\x01" + self.full.pop() + head).digest()
            size >>= 1
        self.full.append(head)
        self.leaves += 1

    def head(self):
        if not self.full:
            return hashlib.sha256(b"").hexdigest()
        head = self.full[-1]
        for left in reversed(self.full[:-1]):
            head = hashlib.sha256(b"\x01" + left + head).digest()
        return head.hex()


# --- the log --------------------------------------------------------------------------------------

class Log:
    """Reads a directory from front to back.

    `records()` gives (fields, line) of each record, an append at a time, never one of a torn end;
    when it is through, or has been left, the attributes say what was found.
    """

    def __init__(self, directory):
        self.directory = directory
        self.marker = read_marker(directory)
        self.findings = []
        self.torn = None
        self.segments = 0
        self.count = 0
        self.position = 0      # of the last record, that of an append that is not whole yet included
        self.turn = 0          # of the last record; 0 behind a header or a seal
        self.recorded_at = ""  # of the last record
        self.epoch = 1         # of the last header
        self.versions = {}     # of the last record in each stream
        self.parts = []        # (fields, line) of an append that is not there whole yet
        self.append_bytes = 0  # of the append in hand
        self.torn_perhaps = None  # whether what is wrong with the line in hand may be a torn end
        self.tree = Tree()     # over whole appends only
        self.whole = True      # False from the first damage on: no version or tree head can be known
        self.lost = False      # True behind damage, until a record or a header says where we are

    def records(self):
        folder = os.path.join(self.directory, "journal")
        names = sorted(n for n in os.listdir(folder) if SEGMENT.fullmatch(n)) if os.path.isdir(folder) else []
        if not names:
            yield from self.damage(None, 1, 0, "there is no segment")
        for number, name in enumerate(names, 1):
            self.segments = number
            yield from self.segment(os.path.join(folder, name), name, last=number == len(names))

    def segment(self, path, name, last):
        kind, number, offset, good = "nothing", 0, 0, 0
        if not os.path.isfile(path):
            raise OSError(f"{path} is no file")  # what a pipe says nobody knows, and when
        with open(path, "rb") as file:
            for number, line in enumerate(file, 1):
                wrong = self.torn_perhaps = None
                try:
                    kind, value = parse_line(line)
                    if (kind == "header") != (number == 1):
                        raise Broken("a header is the first line, and only that")
                    wrong = getattr(self, "check_" + kind)(value, line, name)
                except Broken as why:
                    kind, wrong = "broken", str(why)
                    # A segment is there with its header or not at all: that is never torn.
                    self.torn_perhaps = number > 1 and isinstance(why, Unwritten)
                if self.torn_perhaps and last and not self.findings and not self.durable(path, offset):
                    return self.tear(path, name, number, good, wrong)
                if wrong:
                    yield from self.damage(name, number, offset, wrong)
                offset += len(line)
                if kind == "record":
                    yield from self.take(value, line)
                elif kind == "header":
                    self.position, self.lost = value["first"] - 1, False
                elif kind == "broken" and number > 1:
                    self.position += 1  # it will have been a record
                if not self.parts:
                    good = offset  # up to here there are whole appends and nothing else
        if kind == "nothing":
            yield from self.damage(name, 1, 0, "the segment is empty")
        elif last and self.parts and not self.findings:
            self.tear(path, name, number + 1, good, "the last parts of an append are not there")
        elif self.parts:
            yield from self.damage(name, number + 1, offset, "the last parts of an append are not there")
        elif not last and kind in ("header", "record"):
            yield from self.damage(name, number + 1, offset, "no seal, and another segment behind it")

    # What a whole line says against what was read before it: a sentence, or nothing.

    def check_header(self, value, _, name):
        if any(value[key] != self.marker[key] for key in ("format", "log", "zone", "clock")):
            return "the header is not of the directory that redress.json tells of"
        if not self.epoch <= value["epoch"] <= self.marker["epoch"]:
            return f"epoch {value['epoch']}, not between {self.epoch} and {self.marker['epoch']}"
        self.epoch = value["epoch"]
        if name != f"{value['first']:020}.jsonl":
            return f"the first position is {value['first']}, and the name another"
        return self.check_head(value["first"], value["tree"])

    def check_seal(self, value, *_):
        return self.check_head(value["next"], value["tree"])

    def check_head(self, following, tree):
        self.turn = 0  # what stands before a header or a seal was durable, so its turn is over
        if self.parts:
            return "the append before it is not whole"
        if not self.lost and following != self.position + 1:
            return f"says that position {following} follows, and {self.position + 1} does"
        if self.whole and tree != self.tree.head():
            return "the tree head does not come out: a record before it is not the one that was written"
        return None

    def check_record(self, value, line, _):
        k, n = value["part"]
        stream, version = value["stream"], value["version"]
        before = self.versions.get(stream, 0 if self.whole else version - 1)
        if not self.lost:
            if value["position"] != self.position + 1:
                # Where a turn was cut short, pages behind the gap may have reached the disk.
                self.torn_perhaps = True
                return f"position {value['position']} where {self.position + 1} belongs"
            if value["turn"] not in (self.turn, value["position"]):
                return f"turn {value['turn']} in or behind turn {self.turn}"
            if self.parts:
                first = self.parts[-1][0]
                if (k, n) != (first["part"][0] + 1, first["part"][1]):
                    return "not the next part of the append before it"
                if value["turn"] != first["turn"] or value["recorded_at"] != first["recorded_at"]:
                    return "another turn or another instant than in the part before it"
            elif k != 1:
                return "the first parts of its append are not there"
        self.append_bytes = len(line) + (self.append_bytes if self.parts else 0)
        if self.append_bytes > MAX_APPEND_BYTES:
            return "an append of more than 128 MiB"
        if value["recorded_at"] < self.recorded_at:
            return f"recorded at {value['recorded_at']}, before {self.recorded_at}"
        if version != before + 1:
            return f"version {version} of `{stream}` behind version {before}"
        return None

    def take(self, value, line):
        """Adds a record; gives the records of its append once that is whole."""
        self.position, self.turn, self.recorded_at = value["position"], value["turn"], value["recorded_at"]
        self.versions[value["stream"]] = value["version"]
        self.parts.append((value, line))
        self.lost = False
        k, n = value["part"]
        if k == n:
            yield from self.flush()

    def flush(self):
        for value, line in self.parts:
            self.count += 1
            self.tree.add(line[:-1])
            yield value, line
        self.parts = []

    def durable(self, path, offset):
        """Whether the line at `offset` had been on the disk, so that what is wrong with it is no torn end.

        A turn is written only when the one before is on the disk. So a turn that began behind the
        position which is due here proves it, and so does a seal behind that position. If a turn
        begins with the very record that is due here, what is broken in front of it was a seal.
        Each may stand inside a line, where a line feed has been damaged.
        """
        due = self.position + 1
        with open(path, "rb") as file:
            file.seek(offset)
            for line in file:
                for start in WITNESS.finditer(line):
                    try:
                        kind, value = parse_line(line[start.start():])
                    except Broken:
                        continue
                    if kind == "seal":
                        if value["next"] >= due:
                            return True
                    elif value["turn"] > due or value["turn"] == value["position"] == due:
                        return True
        return False

    def tear(self, path, name, line, good, reason):
        self.position -= len(self.parts)
        self.parts = []
        self.torn = {"file": f"journal/{name}", "line": line, "offset": good,
                     "bytes": os.path.getsize(path) - good, "reason": reason}

    def damage(self, name, line, offset, reason):
        self.findings.append({"file": f"journal/{name}" if name else "journal", "line": line, "offset": offset,
                              "position": self.position + 1, "reason": reason})
        yield from self.flush()
        self.whole, self.lost = False, True
        self.versions = {}

    def verdict(self):
        return {"records": self.count, "segments": self.segments, "position": self.position,
                "tree": self.tree.head() if self.whole else None, "epoch": self.marker["epoch"],
                "torn": self.torn, "findings": self.findings}

    def exit_code(self):
        return 7 if self.findings else 1 if self.torn else 0


# --- the command line -----------------------------------------------------------------------------

def check(log):
    for _ in log.records():
        pass
    print(json.dumps(log.verdict()))
    return log.exit_code()


def jsonl(log, first, last):
    for value, line in log.records():
        if first <= value["position"] <= last:
            sys.stdout.buffer.write(line)
    if log.findings or log.torn:
        print(json.dumps(log.verdict()), file=sys.stderr)
    return log.exit_code()


def head(log, last):
    for value, _ in log.records():
        if value["position"] == last:
            break
    if log.findings or (last is not None and log.count != last):
        print(json.dumps(log.verdict()), file=sys.stderr)
        return 7 if log.findings else 2
    print(json.dumps({"position": log.tree.leaves, "tree": log.tree.head()}))
    return log.exit_code()


def main():
    arguments = argparse.ArgumentParser(description="Reads a data directory of redress; never writes.")
    arguments.add_argument("directories", nargs="+", metavar="DIR")
    arguments.add_argument("--format", choices=["check", "jsonl", "head"], default="check")
    arguments.add_argument("--from", type=int, default=1, dest="first", metavar="N")
    arguments.add_argument("--to", type=int, default=None, dest="last", metavar="N")
    asked = arguments.parse_args()
    worst = 0
    for directory in asked.directories:
        try:
            log = Log(directory)
            if asked.format == "check":
                code = check(log)
            elif asked.format == "jsonl":
                code = jsonl(log, asked.first, MAX_INTEGER if asked.last is None else asked.last)
            else:
                code = head(log, asked.last)
        except NotRedress as why:
            print(json.dumps({"not_redress": str(why)}))
            code = 4
        except OSError as why:
            print(json.dumps({"unreadable": str(why)}))
            code = 8
        worst = max(worst, code)
    return worst


if __name__ == "__main__":
    sys.exit(main())
