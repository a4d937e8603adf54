"""AtomAI's own training step of im2spec, one per line read; answers with its milliseconds.

Arguments: window, spectral channels, latent size, batch.
"""
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import atomai
import numpy
import torch

window, channels, latent, batch = (int(v) for v in sys.argv[1:])
random = numpy.random.default_rng(0)
images = random.random((2 * batch, window, window), dtype=numpy.float32)
spectra = random.random((2 * batch, channels), dtype=numpy.float32)
answers, sys.stdout = sys.stdout, sys.stderr
model = atomai.models.ImSpec((window, window), (channels,), latent_dim=latent, seed=1)
model.compile_trainer((images, spectra, images, spectra), loss="mse", training_cycles=1, batch_size=batch, full_epoch=True)
loader = list(model.train_loader)
print("ready", file=answers, flush=True)
for count, _ in enumerate(sys.stdin):
    features, targets = loader[count % len(loader)]
    start = time.perf_counter()
    model.train_step(features, targets)
    print((time.perf_counter() - start) * 1000, file=answers, flush=True)
