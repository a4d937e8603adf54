"""Writes golden.json: what rosettasciio 0.15.0 reads from the DM files of the shared data.

    python test/io/dm/make-golden.py FOLDER_OF_THE_SHARED_DATA
"""

import json
import pathlib
import sys

import numpy as np
from compare import theirs

root = pathlib.Path(sys.argv[1])
files = {}
for path in sorted([*root.glob("formats/dm/*"), *root.glob("eels/*")]):
    signals = []
    for data, axes, title in theirs(path):
        flat = np.ascontiguousarray(data).astype(np.float32).ravel()
        at = sorted({int(i) for i in np.linspace(0, flat.size - 1, 7)})
        signals.append(
            {
                "title": title,
                "shape": list(data.shape),
                "axes": axes,
                "sum": float(flat.astype(np.float64).sum()),
                "at": at,
                "values": [float(flat[i]) for i in at],
            }
        )
    files[str(path.relative_to(root))] = signals
path = pathlib.Path(__file__).with_name("golden.json")
path.write_text(json.dumps(files, indent=1, ensure_ascii=False) + "\n")
