"""Compares what specbook and rosettasciio read in DM3 and DM4 files, number by number and axis by axis.

    npm run build
    python test/io/dm/compare.py FOLDER...      # rosettasciio 0.15.0, numpy

Prints one line for every image of every file and a table of outcomes; ends with 1 where something differs. Good food
are the files of rosettasciio's own tests and those of Debian's python3-hyperspy:

    apt-get download python3-hyperspy && dpkg -x python3-hyperspy_*.deb hyperspy
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from rsciio.digitalmicrograph import file_reader

LENGTH = {"nm": 1, "µm": 1e3, "um": 1e3, "μm": 1e3, "mm": 1e6, "Å": 0.1, "A": 0.1, "pm": 1e-3, "m": 1e9}
ENERGY = {"eV": 1, "keV": 1e3, "meV": 1e-3}


def axis(a):
    """Size, offset, step and units of an axis of rosettasciio in eV and nm, or in pixels where it has no units."""
    units, scale, offset = a["units"], float(a["scale"]), float(a["offset"])
    for known, name in ((LENGTH, "nm"), (ENERGY, "eV")):
        if units in known:
            return a["size"], offset * known[units], scale * known[units], name
    return (a["size"], 0.0, 1.0, "px") if units == "" else (a["size"], offset, scale, units)


def theirs(path):
    signals = []
    for found in file_reader(str(path)):
        data, axes = found["data"], list(found["axes"])
        if data.dtype.names:
            data = np.stack([data[colour] for colour in data.dtype.names], -1)
        elif np.iscomplexobj(data):
            data = np.stack([data.real, data.imag], -1)
        if len(found["post_process"]) == 2:  # a spectrum image: its slowest axis is the energy
            data, axes = np.moveaxis(data, 0, -1), axes[1:] + axes[:1]
        signals.append((data, [axis(a) for a in axes], found["metadata"]["General"]["title"]))
    return signals


def differences(data, axes, title, ours, numbers):
    wanted = [size for size in data.shape if size != 1]
    if [size for size in ours["shape"] if size != 1] != wanted:
        return f"shape {ours['shape']}, not {list(data.shape)}"
    expected = np.ascontiguousarray(data).astype(np.float32).ravel()
    if not np.array_equal(expected, numbers, equal_nan=True):
        return f"{np.count_nonzero(expected != numbers)} of {expected.size} numbers differ"
    if ours["title"] != title:
        return f"title {ours['title']!r}, not {title!r}"
    found = [(a["size"], a["offset"], a["scale"], a["units"]) for a in ours["axes"] if a["name"] not in ("complex", "colour")]
    found = [a for a in found if a[0] != 1]
    for mine, other in zip(found, [a for a in axes if a[0] != 1], strict=True):
        # Both work in float64 on the same numbers of the file: only the order of the products may differ.
        if mine[0] != other[0] or mine[3] != other[3] or not np.allclose(mine[1:3], other[1:3], rtol=1e-12, atol=1e-12):
            return f"axis {mine}, not {other}"
    return None


def main(folders):
    files = sorted(p for folder in folders for p in pathlib.Path(folder).rglob("*") if p.suffix.lower() in (".dm3", ".dm4"))
    outcomes = collections.Counter()
    dump = pathlib.Path(__file__).with_name("dump-signals.mjs")
    with tempfile.TemporaryDirectory() as folder:
        command = ["node", str(dump), folder, *map(str, files)]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        for f, (path, line) in enumerate(zip(files, lines, strict=True)):
            ours = json.loads(line)
            try:
                peer = theirs(path)
            except Exception as error:  # what the peer refuses is an outcome too
                outcome = f"rosettasciio: {error}"
                outcomes["refused by rosettasciio"] += 1
                print(f"{path.name}: {outcome}; specbook: {str(ours)[:200]}")
                continue
            if "error" in ours or len(ours) != len(peer):
                outcomes["DIFFERENT"] += 1
                print(f"{path}: {len(peer)} signals; specbook: {str(ours)[:300]}")
                continue
            for s, (data, axes, title) in enumerate(peer):
                numbers = np.fromfile(f"{folder}/{f}-{s}.f32", np.float32)
                problem = differences(data, axes, title, ours[s], numbers)
                kind = f"{ours[s]['kind']} {ours[s]['dtype']}"
                outcomes[kind if problem is None else "DIFFERENT"] += 1
                print(f"{path.name} [{s}] {title!r} {kind} {'x'.join(map(str, ours[s]['shape']))}: {problem or 'equal'}")
    print()
    for name, count in sorted(outcomes.items()):
        print(f"{count:5d}  {name}")
    print(f"{len(files):5d}  files")
    return outcomes["DIFFERENT"] > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
