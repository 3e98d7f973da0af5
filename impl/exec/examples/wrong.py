"""The secondary of secondary.py with one thing broken on purpose: python3 wrong.py NAME."""
import sys

from secondary import Secondary, answer


class NoCopy(Secondary):
    """A primary write is not preceded by a copy of what it overwrites."""

    def copy_before_write(self, start, end):
        pass


class CopyForgetsTheRest(Secondary):
    """A unit counts as copied although only the sectors that are written were saved."""

    def copy_before_write(self, start, end):
        for sector in range(start, end):
            if sector - sector % self.copy_unit not in self.copied:
                self.hidden[sector] = self.secondary[sector]
        self.copied.update(range(start - start % self.copy_unit, end, self.copy_unit))


class CheckpointKeepsTheBitmap(Secondary):
    """What was copied before a checkpoint is not copied again after it."""

    def checkpoint(self):
        copied = self.copied
        outcome = super().checkpoint()
        self.copied = copied
        return outcome


class FillFromTheSecondaryDisk(Secondary):
    """A partial guest write fills its cluster from the secondary disk, past hidden."""

    def fill_clusters(self, first, end, below):
        super().fill_clusters(first, end, self.secondary)


class CommitOfActiveAlone(Secondary):
    """A failover commits what active holds and forgets what only hidden holds."""

    def above_secondary(self, sector):
        return self.active[sector] is not None


class StopMerges(Secondary):
    """A stop without failover says that all went well."""

    def stop(self, failover):
        outcome = super().stop(failover)
        return "ok" if self.stage == "done" else outcome


class SilentError(Secondary):
    """The status stays ok while a failover runs."""

    def getError(self):
        return "ok" if self.stage == "failover" else super().getError()


WRONG = {
    "no-copy": NoCopy,
    "copy-forgets-the-rest": CopyForgetsTheRest,
    "checkpoint-keeps-the-bitmap": CheckpointKeepsTheBitmap,
    "fill-from-the-secondary-disk": FillFromTheSecondaryDisk,
    "commit-of-active-alone": CommitOfActiveAlone,
    "stop-merges": StopMerges,
    "silent-error": SilentError,
}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in WRONG:
        sys.exit("usage: wrong.py NAME, one of: " + ", ".join(WRONG))
    answer(WRONG[name], "wrong.py:" + name)
