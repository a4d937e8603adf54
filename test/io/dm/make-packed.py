"""Writes packed-complex.json: the packed half of a Fourier transform as DigitalMicrograph stores it, and the whole.

rosettasciio 0.15.0, numpy 2; seed 7. The packed numbers are random: the layout is linear, so any numbers test it.
Run from the root of the project: python test/io/dm/make-packed.py
"""

import json
import pathlib
import types

import numpy as np
from rsciio.digitalmicrograph._api import ImageObject

rng = np.random.default_rng(7)
cases = []
for n in (2, 4, 8):
    packed = rng.integers(-99, 100, n * n).astype(np.float32)
    whole = ImageObject.unpack_packed_complex(types.SimpleNamespace(shape=(n, n)), packed)
    parts = np.stack([whole.real, whole.imag], -1).ravel()
    cases.append({"size": n, "packed": packed.tolist(), "whole": (parts + 0.0).tolist()})
path = pathlib.Path(__file__).with_name("packed-complex.json")
path.write_text(json.dumps(cases) + "\n")
