"""One training step of a peer's network at a time, on the peer's own trainer.

Argument: JSON with "network" (one of NETWORKS), "image" [height, width, channels] and / or "spectrum" (channels),
"latent" and "batch". Says "ready", then answers each line it reads with the milliseconds of one step: gradients set to
zero, forward, backward, Adam, and the loss read back, as the peer's own loop does them. Threads as PyTorch sets them.
"""
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import numpy
import torch

random = numpy.random.default_rng(0)


def noise(*shape):
    return random.random(shape, dtype=numpy.float32)


def signal_to_signal(inputs, outputs, case, **options):
    """AtomAI's ImSpec; the batches are taken from its loader beforehand."""
    import atomai

    model = atomai.models.ImSpec(inputs, outputs, latent_dim=case["latent"], seed=1, **options)
    count = 2 * case["batch"]
    data = (noise(count, *inputs), noise(count, *outputs)) * 2
    model.compile_trainer(data, loss="mse", training_cycles=1, batch_size=case["batch"], full_epoch=True)
    batches = list(model.train_loader)
    return lambda turn: model.train_step(*batches[turn % len(batches)])


def variational(model, shape, case):
    """AtomAI's VAE or rVAE: an epoch of one batch."""
    batches = [(torch.from_numpy(noise(case["batch"], *shape)),) for _ in range(2)]
    model.compile_trainer((noise(case["batch"], *shape), None), training_cycles=1, batch_size=case["batch"])
    model.loss = "mse"

    def step(turn):
        model.train_iterator = [batches[turn % len(batches)]]
        model.train_epoch()

    return step


def im2spec(case):
    return signal_to_signal(tuple(case["image"][:2]), (case["spectrum"],), case)


def spec2im(case):
    options = {"encoder_downsampling": case["downsampling"], "decoder_upsampling": True}
    return signal_to_signal((case["spectrum"],), tuple(case["image"][:2]), case, **options)


def vae(case):
    import atomai

    shape = (case["spectrum"],)
    return variational(atomai.models.VAE(shape, latent_dim=case["latent"]), shape, case)


def rvae(case):
    import atomai

    height, width, channels = case["image"]
    shape = (height, width) if channels == 1 else (height, width, channels)
    model = atomai.models.rVAE(shape, latent_dim=case["latent"])
    model.dx_prior, model.kdict_["phi_prior"] = 0.1, 0.1  # what its `fit` sets when it is told nothing
    return variational(model, shape, case)


def ved(case):
    import pyroved

    shape = tuple(case["image"][:2])
    model = pyroved.models.VED(shape, (case["spectrum"],), latent_dim=case["latent"])
    trainer = pyroved.trainers.SVItrainer(model)
    make = lambda *size: torch.from_numpy(noise(case["batch"], 1, *size))
    batches = [(make(*shape), make(case["spectrum"])) for _ in range(2)]
    return lambda turn: trainer.svi.step(*batches[turn % len(batches)])


NETWORKS = {"im2spec": im2spec, "spec2im": spec2im, "vae": vae, "rvae": rvae, "ved": ved}

answers, sys.stdout = sys.stdout, sys.stderr
case = json.loads(sys.argv[1])
step = NETWORKS[case["network"]](case)
print("ready", file=answers, flush=True)
for turn, _ in enumerate(sys.stdin):
    start = time.perf_counter()
    step(turn)
    print((time.perf_counter() - start) * 1000, file=answers, flush=True)
