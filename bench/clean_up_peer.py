"""exspy's side of bench/clean-up.mjs: python clean_up_peer.py FOLDER prints its errors and times as JSON.

FOLDER holds cases.json and the arrays that it names; hyperspy 2.5.0, exspy 0.3.2.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

warnings.filterwarnings("ignore")
import exspy  # noqa: E402
import hyperspy.api as hs  # noqa: E402

hs.set_log_level("ERROR")
hs.preferences.General.show_progressbar = False
FOLDER = Path(sys.argv[1])
rows = []


def load(name):
    return np.load(FOLDER / f"{name}.npy").astype(np.float64)


def signal(data, case):
    s = exspy.signals.EELSSpectrum(data.copy())
    axis = s.axes_manager[-1]
    axis.offset, axis.scale, axis.units = case["offset"], case["scale"], "eV"
    return s


def row(case, work, error, seconds):
    rows.append({"case": case["name"], "work": work, "error": float(error), "ms": 1000 * seconds})


def align(case, work, **options):
    """exspy returns no shifts: a noise-free peak at the true place is moved along, and its place tells what was left."""
    energy = case["offset"] + case["scale"] * np.arange(case["channels"])
    positions = load(case["name"] + "-positions")
    along = signal(np.exp(-4 * np.log(2) * ((energy - positions[..., None]) / case["width"]) ** 2), case)
    s = signal(load(case["name"] + "-spectra"), case)
    start = time.perf_counter()
    s.align_zero_loss_peak(also_align=[along], print_stats=False, **options)
    seconds = time.perf_counter() - start
    left = along.data
    axis = along.axes_manager[-1].axis
    places = (left * axis).sum(-1) / left.sum(-1)
    row(case, work, places.std() / case["scale"], seconds)


def tail_error(case, estimate):
    energy = case["offset"] + case["scale"] * np.arange(case["channels"])
    chosen = (energy >= case["from"]) & (energy <= case["to"])
    zero_loss, loss = load(case["name"] + "-zero"), load(case["name"] + "-loss")
    return np.sqrt(((estimate - zero_loss)[..., chosen] ** 2).sum() / (loss[..., chosen] ** 2).sum())


def remove(case, work, kind, fast):
    data = load(case["name"] + "-centred")
    start = time.perf_counter()
    left = signal(data, case).remove_background(
        signal_range=tuple(case["window"]), background_type=kind, fast=fast, plot_remainder=False)
    seconds = time.perf_counter() - start
    row(case, work, tail_error(case, data - left.data), seconds)


for case in json.load(open(FOLDER / "cases.json")):
    near = (-5 * case["width"], 5 * case["width"])
    align(case, "alignment, default")
    align(case, "alignment, told where", signal_range=near)
    for kind in ["Power law", "Exponential"]:
        for fast in [True, False]:
            remove(case, f"removal, {kind.lower()} {'fast' if fast else 'fit'}", kind, fast)
    if case["single"]:
        spectra, zero = load(case["name"] + "-centred"), load(case["name"] + "-zero")
        start = time.perf_counter()
        single = signal(spectra, case).fourier_log_deconvolution(signal(zero, case)).data
        seconds = time.perf_counter() - start
        truth = load(case["name"] + "-single")
        energy = case["offset"] + case["scale"] * np.arange(case["channels"])
        chosen = (energy >= case["from"]) & (energy <= case["to"])
        error = np.sqrt(((single - truth)[..., chosen] ** 2).sum() / (truth[..., chosen] ** 2).sum())
        row(case, "Fourier-log", error, seconds)
        start = time.perf_counter()
        thickness = signal(spectra, case).estimate_thickness(zlp=signal(zero, case)).data
        seconds = time.perf_counter() - start
        row(case, "thickness", np.abs(thickness - load(case["name"] + "-thickness")).mean(), seconds)

core = json.load(open(FOLDER / "core.json"))
counts = load("core")
for kind, name in [("Power law", "power-law"), ("Exponential", "exponential")]:
    for fast in [True, False]:
        start = time.perf_counter()
        left = signal(counts, core).remove_background(
            signal_range=tuple(core["window"]), background_type=kind, fast=fast, plot_remainder=False)
        seconds = time.perf_counter() - start
        mode = "fast" if fast else "fit"
        background = counts - left.data
        ours = load(f"core-{name}-{mode}")
        row(core, f"background, {name} {mode}", np.abs(background / ours - 1).max(), seconds)
print(json.dumps(rows))
