"""NMF or PCA of a matrix by scikit-learn, at its defaults where the case does not say otherwise.

Argument: JSON with "file" (float32, row-major), "rows", "columns", "work" ("nmf" or "pca") and "components". With "once"
it does the work once and prints {"error", "iterations"} of the NMF. Else it says "ready" and answers each line it reads
with the milliseconds of one turn. Threads as the BLAS of NumPy sets them.
"""
import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")  # an NMF that ends at 200 iterations is what the default gives
import numpy
from sklearn.decomposition import NMF, PCA

answers, sys.stdout = sys.stdout, sys.stderr
case = json.loads(sys.argv[1])
x = numpy.fromfile(case["file"], dtype=numpy.float32).reshape(case["rows"], case["columns"])


def nmf():
    model = NMF(case["components"], solver="cd", init=None, random_state=0)
    model.fit_transform(x)
    return {"error": float(model.reconstruction_err_ / numpy.linalg.norm(x)), "iterations": model.n_iter_}


def pca():
    PCA(case["components"], svd_solver="covariance_eigh").fit_transform(x)


work = {"nmf": nmf, "pca": pca}[case["work"]]
if case.get("once"):
    print(json.dumps(work()), file=answers, flush=True)
    sys.exit()
print("ready", file=answers, flush=True)
for _ in sys.stdin:
    start = time.perf_counter()
    work()
    print((time.perf_counter() - start) * 1000, file=answers, flush=True)
