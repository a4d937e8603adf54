"""The windows that the rVAE's quality is measured on, written as an npz file; with seeds, AtomAI's rVAE trained on them.

    python rvae_data.py SHARED maps FILE            the three strongest of four NMF maps of FT:IO, each 0-1, and the test set
    python rvae_data.py SHARED train FILE SHIFT SEED   -ELBO of AtomAI's rVAE after each epoch, as JSON
"""
import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")
import numpy
from sklearn.decomposition import NMF
from sklearn.model_selection import train_test_split

shared, work, file = sys.argv[1:4]


def maps():
    clean = numpy.load(os.path.join(shared, "data/fto/fto_si_reconstructed_noiseless_62x75x187_f32.npy"))
    noise = numpy.random.default_rng(0).normal(0, 0.018 / numpy.sqrt(8), clean.shape)
    counts = numpy.clip((clean + noise).astype(numpy.float32).reshape(-1, 187), 0, None)
    factors = NMF(4, init="nndsvda", random_state=0, max_iter=500, tol=0)
    abundance = factors.fit_transform(counts)
    strength = numpy.linalg.norm(abundance, axis=0) * numpy.linalg.norm(factors.components_, axis=1)
    strongest = numpy.sort(numpy.argsort(-strength)[:3])
    maps = abundance[:, strongest].reshape(62, 75, 3)
    low, high = maps.min((0, 1)), maps.max((0, 1))
    test = train_test_split(numpy.arange(53 * 66), test_size=0.15, shuffle=True, random_state=1)[1]
    numpy.savez(file, maps=((maps - low) / (high - low)).astype(numpy.float32), test=test.astype(numpy.int32))


def windows():
    data = numpy.load(file)
    maps = data["maps"]
    cut = numpy.stack([maps[r - 5 : r + 5, c - 5 : c + 5] for r in range(5, 58) for c in range(5, 71)])
    test = data["test"]
    return cut[numpy.setdiff1d(numpy.arange(len(cut)), test)], cut[test]


def train(shift, seed):
    import atomai
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(seed)
    answers, sys.stdout = sys.stdout, sys.stderr
    model = atomai.models.rVAE((10, 10, 3), latent_dim=2, translation=shift, seed=seed)
    torch.manual_seed(seed)
    for net in (model.encoder_net, model.decoder_net):  # the seed of the constructor comes after its weights
        for layer in net.modules():
            if hasattr(layer, "reset_parameters"):
                layer.reset_parameters()
    trained, held = windows()
    model.fit(trained, X_test=held, training_cycles=30, batch_size=32, filename=os.path.join(os.path.dirname(file), "rvae_peer"))
    history = model.loss_history
    print(json.dumps({"train": [-float(v) for v in history["train_loss"]], "test": [-float(v) for v in history["test_loss"]]}), file=answers)


if work == "maps":
    maps()
else:
    train(sys.argv[4] == "shift", int(sys.argv[5]))
