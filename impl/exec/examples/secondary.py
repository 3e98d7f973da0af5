"""A secondary of COLO block replication as an adapter for colocheck: one node, no faults. Protocol: ../PROTOCOL.md.
Content is tags, one a sector. wrong.py beside this file breaks one thing at a time."""
import json, sys

OPERATIONS = ["open", "close", "start", "checkpoint", "getError", "stop", "commitSettle",
              "guestRead", "guestWrite", "primaryRead", "primaryWrite"]
PARTS = ["stage", "errorFlag", "view", "active", "hidden", "secondary"]
NO_EXPORT = {"error": "export 'rep' not present"}
NOT_RUNNING = {"error": "Block replication is not running"}
CANCELLED = {"error": "Backup job was cancelled unexpectedly"}


class Secondary:
    def __init__(self, setup):
        node, = setup["nodes"]
        self.length, self.cluster, self.copy_unit, self.commit_unit = (
            node["geometry"][size + "Sectors"] for size in ("length", "activeCluster", "copyUnit", "commitUnit"))
        self.requests_max = node["commitRequestsMax"]
        self.stage, self.error, self.committed = "closed", False, False
        self.active, self.hidden, self.copied = [None] * self.length, [None] * self.length, set()
        self.secondary = [0] * self.length
        for extent in node["initialContent"]:
            self.primaryWrite(0, extent["sector"], extent["count"], extent["tag"])
        self.dirty, self.cursor, self.in_flight = set(), 0, []

    # Control: open, close, and the calls of the manager

    def open(self, _node):
        if self.stage != "closed":
            return {"error": "Duplicate nodes with node-name='rep'"}
        self.stage, self.error, self.committed = "none", False, False
        return "ok"

    def close(self, _node):
        if self.stage == "closed":
            return {"error": "Failed to find node with node-name='rep'"}
        if self.stage == "running":
            return {"error": "Node 'rep' is busy: Block device is in use by internal backup job"}
        while self.in_flight:
            self.complete_request()
        self.stage, self.error, self.committed = "closed", False, False
        return "ok"

    def start(self, mode):
        if self.stage in ("closed", "failover", "done"):
            return "ok"
        if self.stage == "running":
            return {"error": "Block replication is running or done"}
        if mode != "secondary":
            return {"error": "The parameter mode's value is invalid, needs 1, but got 0"}
        self.stage = "running"
        return self.checkpoint()

    def checkpoint(self):
        if self.stage == "none":
            return CANCELLED
        if self.stage == "running":
            self.active, self.hidden, self.copied = [None] * self.length, [None] * self.length, set()
        return "ok"

    def getError(self):
        if self.stage == "none":
            return NOT_RUNNING
        return {"error": "I/O error occurred"} if self.error else "ok"

    def stop(self, failover):
        if self.stage != "running":
            return NOT_RUNNING if self.stage == "none" else "ok"
        self.error = True  # the backup job ends, which looks like an error until the commit has succeeded
        if not failover:
            self.stage = "done"
            return CANCELLED
        self.stage, self.cursor = "failover", 0
        self.dirty = {s // self.commit_unit for s in range(self.length) if self.above_secondary(s)}
        self.start_requests()
        return "ok"

    # The commit of a failover: a unit is read when its request starts, and written when that completes

    def above_secondary(self, sector):
        return self.active[sector] is not None or self.hidden[sector] is not None

    def start_requests(self):
        while self.dirty and len(self.in_flight) < self.requests_max:
            unit = min((u for u in self.dirty if u >= self.cursor), default=min(self.dirty))
            if any(unit == other for other, _ in self.in_flight):
                break
            first = unit * self.commit_unit
            self.in_flight.append((unit, self.view()[first:first + self.commit_unit]))
            self.dirty.remove(unit)
            self.cursor = unit + 1

    def complete_request(self):
        unit, content = self.in_flight.pop(0)
        first = unit * self.commit_unit
        self.secondary[first:first + len(content)] = content

    def commitSettle(self, _node):
        if self.stage == "failover":
            while self.in_flight or self.dirty:
                if self.in_flight:
                    self.complete_request()
                self.start_requests()
            self.stage, self.error, self.committed = "done", False, True
        return "ok"

    # Requests of the guest, through active over hidden over secondary

    def view(self):
        if self.committed:
            return self.secondary[:]
        return [a if a is not None else h if h is not None else s
                for a, h, s in zip(self.active, self.hidden, self.secondary)]

    def refusal(self, sector, count):
        if self.stage == "closed":
            return NO_EXPORT
        return "EINVAL" if sector + count > self.length else "EIO" if self.stage == "none" else None

    def guestRead(self, _node, sector, count):
        refusal = self.refusal(sector, count)
        return self.view()[sector:sector + count] if refusal is None else refusal

    def guestWrite(self, _node, sector, count, tag):
        refusal = self.refusal(sector, count)
        if refusal is not None or count == 0:
            return refusal or "ok"
        if self.committed:
            self.secondary[sector:sector + count] = [tag] * count
            return "ok"
        end = min(-(-(sector + count) // self.cluster) * self.cluster, self.length)
        self.fill_clusters(sector - sector % self.cluster, end, self.view())
        self.active[sector:sector + count] = [tag] * count
        if self.stage == "failover":
            self.dirty.update(range(sector // self.commit_unit, (sector + count - 1) // self.commit_unit + 1))
        return "ok"

    def fill_clusters(self, first, end, below):
        for sector in range(first, end):
            if self.active[sector] is None:
                self.active[sector] = below[sector]

    # Requests of the primary, at the secondary disk

    def primaryRead(self, _node, sector, count):
        return "EINVAL" if sector + count > self.length else self.secondary[sector:sector + count]

    def primaryWrite(self, _node, sector, count, tag):
        if sector + count > self.length:
            return "EINVAL"
        if self.stage == "running":
            self.copy_before_write(sector, sector + count)
        self.secondary[sector:sector + count] = [tag] * count
        return "ok"

    def copy_before_write(self, start, end):
        for first in range(start - start % self.copy_unit, end, self.copy_unit):
            if first not in self.copied:
                self.copied.add(first)
                self.hidden[first:first + self.copy_unit] = self.secondary[first:first + self.copy_unit]

    # What colocheck asks

    def apply(self, operation):
        return getattr(self, operation[0])(*operation[1:])

    def observe(self):
        view = NO_EXPORT if self.stage == "closed" else "EIO" if self.stage == "none" else self.view()
        return [[self.stage, self.error, view, self.active[:], self.hidden[:], self.secondary[:]]]

    def run(self, operations, each):
        outcomes, shown = [], []
        for operation in operations:
            outcomes.append(self.apply(operation))
            shown.append(self.observe())
        changed = [now if now != before else None for now, before in zip(shown, [None, *shown])]
        return {"outcomes": outcomes, "observations": changed if each else shown[-1:]}


def answer(system, name):
    disks = None
    for line in sys.stdin:
        asked = json.loads(line)
        request, result = asked["request"], None
        if request == "hello":
            result = {"protocol": 1, "name": name, "version": "1", "capabilities": {
                "operations": OPERATIONS, "observes": PARTS, "modes": ["secondary"], "run": True,
                "geometry": {"sectorBytes": "any", "lengthSectorsMax": 4096}}}
        elif request in ("load", "run"):
            disks = system(asked["setup"])
            result = disks.run(asked["operations"], asked["observe"] == "each") if request == "run" else None
        elif request in ("apply", "observe"):
            result = disks.apply(asked["operation"]) if request == "apply" else disks.observe()
        print(json.dumps({"id": asked["id"], "result": result}, separators=(",", ":")), flush=True)


if __name__ == "__main__":
    answer(Secondary, "secondary.py")
