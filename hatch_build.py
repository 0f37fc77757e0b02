"""Builds the report's front end before a wheel or an sdist is packed, when it is not built yet.

The wheel carries the built files, so people who install it need no Node. An editable install is left alone: in a clone
`make web` does this.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE = ("bundle.js", "bundle.css")
NEEDS_NODE = """The report's front end is not built, and npm was not found to build it.

expected: {expected}
got:      no such file, and no npm on the path
hint:     install Node 20 or newer and run `make web` (or `npm ci && npm run build` in web/), then build again;
          installing a released wheel needs no Node at all
"""


class FrontEnd(BuildHookInterface[Any]):
    """Makes sure that `src/sterling/report/static` holds the bundle."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle when it is missing. `version` is "editable" for a development install, which is skipped."""
        if version == "editable":
            return
        root = Path(self.root)
        static = root / "src" / "sterling" / "report" / "static"
        if not _built(static):
            _build(root / "web", static)
        if not _built(static):
            raise RuntimeError(f"the front end's build ended without writing {' and '.join(BUNDLE)} to {static}")


def _built(static: Path) -> bool:
    return all((static / name).is_file() and (static / name).stat().st_size > 0 for name in BUNDLE)


def _build(web: Path, static: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(NEEDS_NODE.format(expected=static / BUNDLE[0]))
    for step in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        done = subprocess.run([npm, *step], cwd=web, check=False)
        if done.returncode:
            raise RuntimeError(
                f"`npm {' '.join(step)}` in {web} ended with {done.returncode}; its own message is above"
            )
