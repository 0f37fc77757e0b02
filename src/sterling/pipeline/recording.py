"""What steps leave behind reaches the ledger, in order, while the next ones are at work already."""

from __future__ import annotations

import threading
from typing import NamedTuple

from sterling.core.records import Artifact, Ledger, Properties, Record


class _Lot(NamedTuple):
    """What is written at once: bytes first, so that no record speaks of bytes that are not there."""

    contents: list[tuple[Artifact, bytes]]
    records: list[Record]


class Recording:
    """Takes bytes and records for a ledger; one thread writes them, all that waits in one transaction.

    A process killed in between has lost what was done last, as if it had been killed a little earlier: order is kept.
    Once something could not be written, nothing after it is, and everybody who hands over or waits is told why.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._changed = threading.Condition()
        self._waiting = _Lot([], [])
        self._writing = False
        self._error: BaseException | None = None

    def keep(self, content: bytes, *, type: str, name: str, properties: Properties | None = None) -> Artifact:
        """As `Ledger.keep`. Raises what kept something earlier from being written."""
        artifact = self._ledger.artifact_of(content, type=type, name=name, properties=properties)
        self._take([(artifact, content)], [])
        return artifact

    def put(self, *records: Record) -> None:
        """As `Ledger.put`. Raises what kept something earlier from being written."""
        self._take([], list(records))

    def settle(self) -> None:
        """Wait until everything is written. Raises LedgerError, or what else kept it from being so."""
        with self._changed:
            self._changed.wait_for(lambda: not self._writing)
            self._complain()

    def _complain(self) -> None:
        if self._error is not None:
            raise self._error

    def _take(self, contents: list[tuple[Artifact, bytes]], records: list[Record]) -> None:
        with self._changed:
            self._complain()
            self._waiting.contents.extend(contents)
            self._waiting.records.extend(records)
            if not self._writing:
                try:
                    threading.Thread(target=self._write, name="sterling-recording", daemon=True).start()
                except BaseException as error:
                    self._error = error  # nobody writes what waits
                    raise
                self._writing = True

    def _write(self) -> None:
        """Write until nothing waits."""
        try:
            while (lot := self._next()) is not None:
                for artifact, content in lot.contents:
                    self._ledger.store(artifact, content)
                if lot.records:
                    self._ledger.put(*lot.records)
        except BaseException as error:  # noqa: BLE001  # whoever waits is told
            with self._changed:
                self._error = error
                self._end()

    def _next(self) -> _Lot | None:
        with self._changed:
            lot, self._waiting = self._waiting, _Lot([], [])
            if lot.contents or lot.records:
                return lot
            self._end()
            return None

    def _end(self) -> None:
        self._writing = False
        self._changed.notify_all()
