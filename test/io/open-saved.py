"""Opens what save() wrote with the peers, and prints what they find as one line of JSON: HyperSpy 2.5.0 for .hspy, NumPy
for .npz and .csv, h5py for .h5 (the layout of pyNSID: dimension scales and attributes).

    python open-saved.py FILE...
"""

import json
import sys
import warnings
from pathlib import Path

import h5py
import numpy as np

warnings.filterwarnings("ignore")


def facts(name, data, axes, **more):
    data = np.ascontiguousarray(data)
    return {"name": name, "shape": list(data.shape), "dtype": data.dtype.name, "bytes": data.tobytes().hex(), "axes": axes, **more}


def hyperspy(path):
    import hyperspy.api as hs

    signals = hs.load(str(path))
    found = []
    for s in signals if isinstance(signals, list) else [signals]:
        axes = [[a.name, str(a.units), a.offset, a.scale, bool(a.navigate)] for a in s.axes_manager._axes]
        own = s.metadata.as_dictionary()
        history = [line["operation"] for line in json.loads(own["specbook"]["history"])]
        instrument = own.get("Acquisition_instrument", {}).get("TEM", {})
        kind = type(s).__name__
        found.append(facts(s.metadata.General.title, s.data, axes, kind=kind, history=history, instrument=instrument))
    return found


def nsid(path):
    found = []
    with h5py.File(path) as file:

        def visit(name, item):
            if isinstance(item, h5py.Dataset) and "data_type" in item.attrs:
                # What pyNSID 0.0.7.2 asks of a main data set before it reads it.
                texts = ["quantity", "units", "main_data_name", "pyNSID_version", "data_type", "modality", "source"]
                assert all(isinstance(item.attrs[key], str) for key in texts)
                assert all(item.parent[d.label].shape == (n,) for d, n in zip(item.dims, item.shape))
                axes = []
                for i, dimension in enumerate(item.dims):
                    scale = dimension[0]
                    own = scale.attrs
                    axes.append([dimension.label, own["units"], own["dimension_type"], list(map(float, scale[...]))])
                found.append(facts(name, item[...], axes, kind=item.attrs["data_type"], packing=item.compression))

        file.visititems(visit)
    return found


def archive(path):
    with np.load(path) as content:
        return [
            facts(name, content[name], [[a["name"], a["units"], content[f"{name}.{a['name']}"].tolist()] for a in info["axes"]])
            for name in content.files
            if f"{name}.info" in content.files
            for info in [json.loads(bytes(content[f"{name}.info"]))]
        ]


def table(path):
    lines = path.read_text().splitlines()
    has_titles = lines[1][0].isalpha()
    data = np.loadtxt(path, delimiter=",", dtype=np.float32, skiprows=2 if has_titles else 1)
    return [facts(lines[0], data, lines[1].split(",") if has_titles else [])]


readers = {".hspy": hyperspy, ".h5": nsid, ".npz": archive, ".csv": table}
print(json.dumps({Path(name).name: readers[Path(name).suffix](Path(name)) for name in sys.argv[1:]}))
