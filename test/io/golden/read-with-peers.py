"""Reads files with the peers and prints, as one line of JSON, what each of them holds: for every signal its shape, type,
axes, smallest and largest value and sum. rosettasciio 0.15.0 where it has a reader, else h5py, scipy, tifffile or NumPy
and the layout as its format describes it. Archives (.zip) are unpacked beside UNPACKED and read from there.

    python read-with-peers.py FOLDER UNPACKED [NAME...]
"""

import contextlib
import io
import json
import logging
import math
import re
import shutil
import sys
import warnings
import zipfile
from pathlib import Path

import h5py
import numpy as np

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

root, unpacked, names = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]


def number(value):
    value = float(value)
    return value if math.isfinite(value) else str(value)


def summary(title, data, axes):
    """Sums are exact in float64; a complex array is one real array with (real, imaginary) as last axis."""
    data = np.asarray(data)
    if data.dtype.names is not None:  # colours
        data = np.stack([data[name] for name in data.dtype.names], axis=-1)
        axes = [*axes, {"name": "colour", "size": data.shape[-1]}]
    dtype = data.dtype.name
    if np.iscomplexobj(data):
        data = np.stack([data.real, data.imag], axis=-1)
        axes = [*axes, {"name": "complex", "size": 2}]
    values = data.astype(np.float64)
    finite = values[np.isfinite(values)]
    return {
        "title": str(title),
        "shape": list(data.shape),
        "dtype": dtype,
        "axes": axes,
        "min": number(finite.min()) if finite.size else None,
        "max": number(finite.max()) if finite.size else None,
        "sum": number(math.fsum(finite)) if finite.size < 100_000 else number(finite.sum(dtype=np.longdouble)),
        "absolute": number(np.abs(finite).sum(dtype=np.longdouble)),
        "nonFinite": int(values.size - finite.size),
    }


def plain(size, name="", **calibration):
    return {"name": str(name), "size": int(size), **{k: v for k, v in calibration.items() if v is not None}}


def axis_of(own):
    """An axis of rosettasciio."""
    units = own.get("units")
    units = "" if units is None or not isinstance(units, str) else units
    name = own.get("name")
    name = name if isinstance(name, str) else ""
    if "axis" in own:
        return {**steps(np.asarray(own["axis"], float)), "name": name, "units": units, "navigate": own.get("navigate")}
    return plain(
        own["size"],
        name,
        units=units,
        offset=number(own.get("offset", 0)),
        scale=number(own.get("scale", 1)),
        navigate=own.get("navigate"),
    )


def steps(points):
    points = np.asarray(points, float).ravel()
    if points.size < 2:
        return plain(points.size, offset=number(points[0]) if points.size else 0, scale=1)
    step = (points[-1] - points[0]) / (points.size - 1)
    if np.abs(points - points[0] - step * np.arange(points.size)).max() > 0.1 * abs(step):
        return plain(points.size)  # not evenly spaced
    return plain(points.size, offset=number(points[0]), scale=number(step))


def rosettasciio(plugin, **options):
    def reader(path):
        module = __import__(f"rsciio.{plugin}", fromlist=["file_reader"])
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            signals = module.file_reader(str(path), **options)
        found = []
        for signal in signals:
            axes = sorted(signal["axes"], key=lambda a: a.get("index_in_array", signal["axes"].index(a)))
            title = signal.get("metadata", {}).get("General", {}).get("title", "")
            found.append(summary(title, signal["data"], [axis_of(axis) for axis in axes]))
        return found

    reader.peer = "rosettasciio"
    return reader


def read_hdf5(path):
    """Every array of numbers; axes from dimension scales, or from the tables of USID."""
    found = []
    with h5py.File(path) as file:
        tables = set()

        def visit(name, item):
            if not isinstance(item, h5py.Dataset) or item.attrs.get("CLASS") == b"DIMENSION_SCALE":
                return
            is_complex = item.dtype.names == ("real", "imag")
            if (item.dtype.kind not in "fiucb" and not is_complex) or item.ndim == 0 or item.size == 0:
                return
            if "Position_Values" in item.attrs:
                refs = ["Position_Indices", "Position_Values", "Spectroscopic_Indices", "Spectroscopic_Values"]
                tables.update(file[item.attrs[ref]].name for ref in refs)
                data, axes = usid(file, item)
                found.append((item.name, summary(name, data, axes)))
                return
            axes = []
            for i, size in enumerate(item.shape):
                scale = item.dims[i][0] if len(item.dims[i]) else None
                if scale is None or scale.shape != (size,):
                    axes.append(plain(size))
                else:
                    units = scale.attrs.get("units", "")
                    axes.append({**steps(scale[...]), "units": units.decode() if isinstance(units, bytes) else str(units)})
            data = item[...]
            if is_complex:
                data = data["real"] + 1j * data["imag"]
            found.append((item.name, summary(name, data, axes)))

        file.visititems(visit)
        return [signal for name, signal in found if name not in tables]


read_hdf5.peer = "h5py"


def usid(file, item):
    data, axes, order = item[...], [], []
    for kind, down in (("Position", 0), ("Spectroscopic", 1)):
        indices = file[item.attrs[f"{kind}_Indices"]][...]
        values = file[item.attrs[f"{kind}_Values"]]
        units = values.attrs.get("units", [])
        points = values[...]
        if down == 1:
            indices, points = indices.T, points.T
        change = [int(np.argmax(column != column[0])) if (column != column[0]).any() else 0 for column in indices.T]
        columns = [c for c in np.argsort([-c for c in change], kind="stable") if change[c] > 0]
        keys = [indices[:, c] for c in reversed(columns)]
        order.append(np.lexsort(keys) if keys else np.arange(len(indices)))
        for c in columns:
            entries = [points[indices[:, c] == i, c][0] for i in np.unique(indices[:, c])]
            own = units[c] if c < len(units) else ""
            axes.append({**steps(entries), "units": own.decode() if isinstance(own, bytes) else str(own)})
    data = data[order[0]][:, order[1]].reshape([axis["size"] for axis in axes])
    return data, axes


def read_numpy(path):
    content = np.load(path)
    arrays = content.items() if hasattr(content, "items") else [(path.stem, content)]
    return [summary(name, a, [plain(n) for n in a.shape]) for name, a in arrays if a.dtype.kind in "fiubcV" and a.ndim]


read_numpy.peer = "NumPy"


def read_mat(path):
    from scipy.io import loadmat

    content = loadmat(path, chars_as_strings=True)
    found = []

    def visit(name, value):
        if not isinstance(value, np.ndarray) or value.size == 0:
            return
        if value.dtype.names is not None:
            for field in value.dtype.names:
                for at, one in np.ndenumerate(value[field]):
                    visit(f"{name}.{field}" if value.size == 1 else f"{name}{list(at)}.{field}", one)
        elif value.dtype.kind == "O":
            for at, one in np.ndenumerate(value):
                visit(f"{name}{list(at)}", one)
        elif value.dtype.kind in "fiubc":
            found.append(summary(name, value, [plain(n) for n in value.shape]))

    for name, value in content.items():
        if not name.startswith("__"):
            visit(name, value)
    return found


read_mat.peer = "scipy"


def read_3ds(path):
    """Nanonis grid: a text header up to :HEADER_END:, then per pixel the parameters and the channels, big-endian."""
    raw = path.read_bytes()
    end = raw.index(b":HEADER_END:")
    header = dict(line.split("=", 1) for line in raw[:end].decode("latin1").splitlines() if "=" in line)
    text = {key: value.strip().strip('"') for key, value in header.items()}
    columns, rows = (int(n) for n in text["Grid dim"].split(" x "))
    channels = text["Channels"].split(";")
    points, parameters = int(text["Points"]), int(text["# Parameters (4 byte)"])
    data = np.frombuffer(raw[end:].split(b"\n", 1)[1], ">f4")
    size = parameters + points * len(channels)
    data = data[: rows * columns * size].reshape(rows, columns, size)
    found = []
    for k, name in enumerate(channels):
        one = data[..., parameters + k * points : parameters + (k + 1) * points]
        found.append(summary(name, one, [plain(rows), plain(columns), plain(points)]))
    return found


read_3ds.peer = "NumPy"


def read_csv(path):
    data = np.loadtxt(path, delimiter=",")
    return [summary(path.stem, data, [plain(n) for n in data.shape])]


read_csv.peer = "NumPy"


def reader_of(path):
    ending, name = path.suffix.lower(), path.name
    if ending in (".dm3", ".dm4"):
        return rosettasciio("digitalmicrograph")
    if ending in (".hspy", ".hdf5", ".h5", ".emd", ".nxs", ".mat"):
        is_hdf5 = h5py.is_hdf5(path)
        if ending == ".mat":
            return read_hdf5 if is_hdf5 else read_mat
        if ending == ".nxs":
            return rosettasciio("nexus")
        if ending == ".emd":
            return rosettasciio("emd")
        with h5py.File(path) as file:
            if "Experiments" in file:
                return rosettasciio("hspy")
            if "4DSTEM_experiment" in file or "version_major" in file.attrs or "emd_group_type" in file.attrs:
                return rosettasciio("emd")
        return read_hdf5
    by_ending = {
        ".blo": rosettasciio("blockfile"),
        ".msa": rosettasciio("msa"),
        ".mrc": rosettasciio("mrc"),
        ".mib": rosettasciio("quantumdetector"),
        ".prz": rosettasciio("pantarhei"),
        ".ser": rosettasciio("tia"),
        ".xml": read_empad,
        ".raw": read_empad,
        ".npy": read_numpy,
        ".npz": read_numpy,
        ".3ds": read_3ds,
        ".csv": read_csv,
    }
    return by_ending.get(ending)


def read_empad(path):
    """The .xml names its .raw file; where that was given another name, a copy with the right one is read."""
    description = path if path.suffix == ".xml" else path.with_name(path.stem.replace("EMPAD_scan_x4_y4", "map4x4") + ".xml")
    place = unpacked / "empad"
    place.mkdir(parents=True, exist_ok=True)
    wanted = re.search(r'(?<!_)filename="([^"]+)"', description.read_text()).group(1)
    shutil.copy(description, place / description.name)
    shutil.copy(next(p for p in path.parent.glob("*.raw") if p.name.endswith(wanted)), place / wanted)
    return rosettasciio("empad")(place / description.name)


read_empad.peer = "rosettasciio"


def read(path):
    reader = reader_of(path)
    if reader is None:
        return {"peer": "", "error": "no peer reads this ending"}
    try:
        return {"peer": reader.peer, "signals": reader(path)}
    except Exception as error:  # what a peer cannot read is a result
        said = f"{type(error).__name__}: {error}"[:80]
        if reader.peer == "rosettasciio" and h5py.is_hdf5(path):
            return {"peer": "h5py", "signals": read_hdf5(path), "refused": f"rosettasciio: {said}"}
        return {"peer": reader.peer, "error": said}


results = {}
for name in names:
    path = root / name
    if path.suffix == ".zip":
        target = unpacked / path.stem
        with zipfile.ZipFile(path) as archive:
            archive.extractall(target)
        for part in sorted(p for p in target.rglob("*") if p.is_file()):
            result = read(part)
            if result["peer"] != "":
                results[f"{name}/{part.relative_to(target)}"] = {**result, "at": str(part)}
    else:
        results[name] = read(path)
print(json.dumps(results))
