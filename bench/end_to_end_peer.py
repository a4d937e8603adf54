"""AtomAI's side of end-to-end.mjs. Arguments: folder with data/, epochs, latent size; prints error and megabytes."""
import json
import os
import resource
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ["MPLBACKEND"] = "Agg"
answers, sys.stdout = sys.stdout, sys.stderr
import atomai
import numpy

folder, epochs, latent = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
noisy = numpy.load(os.path.join(folder, "data/parity/pairs_fto_noisy.npz"))
haadf = numpy.load(os.path.join(folder, "data/fto/fto_haadf_62x75_u8.npy")).astype(numpy.float32)
low, high = (float(value) for value in noisy["image_lo_hi"])
windows = [haadf[y - 8 : y + 8, x - 8 : x + 8] for y, x in noisy["pos"].astype(int)]
images = ((numpy.stack(windows) - low) / (high - low)).astype(numpy.float32)
spectra = noisy["spectra"].astype(numpy.float32)
train, test = noisy["train_idx"].astype(int), noisy["test_idx"].astype(int)

model = atomai.models.ImSpec((16, 16), (spectra.shape[1],), latent_dim=latent, seed=1)
options = {"training_cycles": epochs, "batch_size": 64, "full_epoch": True, "plot_training_history": False}
model.fit(images[train], spectra[train], images[test], spectra[test], print_loss=20, filename="peer", **options)
predicted = model.predict(images, norm=False, verbose=False).reshape(spectra.shape)


def error(got, expected, axis=None):
    return numpy.sqrt(numpy.mean((got - expected) ** 2, axis) / numpy.mean((got + expected) ** 2, axis))


print("mean error of the map: %.4f" % error(predicted, spectra, 1).mean())
megabytes = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
print(json.dumps({"error": round(float(error(predicted[test], spectra[test])), 4), "megabytes": megabytes}), file=answers)
