"""Forward pass, losses and gradients of the dual VAE at small size, for test/models/parity-dual-vae.test.ts.

Written from the description in the code's documentation, with PyTorch's automatic gradients; it shares no line with the
TypeScript. Run: python dual_vae_fixture.py > ../models/fixtures/dual-vae.json   (torch 2.x, CPU, a second)
"""
import json
import math

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

SIZES = {"n": 4, "height": 5, "width": 6, "channels": 1, "spectrum": 9, "hidden": 7, "latent": 2, "layers": 2}
BETA, GAMMA, ANGLE_PRIOR, SHIFT_PRIOR = 0.8, 10.0, math.pi / 2, 0.5
torch.set_default_dtype(torch.float64)


def wave(shape, offset, scale=1.0):
    """Values that both sides can make: scale * sin(offset + 0.7 i)."""
    count = math.prod(shape)
    return (scale * torch.sin(offset + 0.7 * torch.arange(count))).reshape(shape)


def parameter_shapes():
    s = SIZES
    pixels, hidden, latent = s["height"] * s["width"] * s["channels"], s["hidden"], s["latent"]
    shapes = {}

    def layer(name, out, into, bias=True):
        shapes[f"{name}.weight"] = (out, into)
        if bias:
            shapes[f"{name}.bias"] = (out,)

    def stack(name, into):
        for i in range(s["layers"]):
            layer(f"{name}.{2 * i}", hidden, into if i == 0 else hidden)

    def encoder(name, into, out):
        stack(f"{name}.dense", into)
        layer(f"{name}.fc11", out, hidden)
        layer(f"{name}.fc12", out, hidden)

    encoder("image.encoder_net", pixels, latent + 3)
    layer("image.decoder_net.coord_latent.fc_coord", hidden, 2)
    layer("image.decoder_net.coord_latent.fc_latent", hidden, latent, bias=False)
    stack("image.decoder_net.fc_decoder", hidden)
    layer("image.decoder_net.out", s["channels"], hidden)
    encoder("spectrum.encoder_net", s["spectrum"], latent)
    stack("spectrum.decoder_net.decoder", latent)
    layer("spectrum.decoder_net.out", s["spectrum"], hidden)
    shapes["link.weight"] = (latent, latent)
    return shapes


def model(p, images, spectra, noise1, noise2, link):
    n, height, width = len(images), SIZES["height"], SIZES["width"]
    dense = lambda name, x: x @ p[f"{name}.weight"].T + p.get(f"{name}.bias", 0)

    def stack(name, x):
        for i in range(SIZES["layers"]):
            x = torch.tanh(dense(f"{name}.{2 * i}", x))
        return x

    def encoder(name, x):
        h = stack(f"{name}.dense", x)
        return dense(f"{name}.fc11", h), dense(f"{name}.fc12", h)

    mean1, log1 = encoder("image.encoder_net", images.reshape(n, -1))
    mean2, log2 = encoder("spectrum.encoder_net", spectra)
    if link == "linear":
        mean2 = mean2 @ p["link.weight"].T
    drawn = mean1 + torch.exp(log1) * noise1
    z2 = mean2 + torch.exp(log2) * noise2
    angle, shift, z1 = drawn[:, 0], drawn[:, 1:3] * SHIFT_PRIOR, drawn[:, 3:]

    rows, columns = torch.linspace(-1, 1, height), torch.linspace(1, -1, width)
    grid = torch.stack(torch.meshgrid(rows, columns, indexing="ij"), -1).reshape(-1, 2)
    cos, sin = torch.cos(angle), torch.sin(angle)
    turn = torch.stack([torch.stack([cos, sin], -1), torch.stack([-sin, cos], -1)], 1)
    points = grid[None] @ turn + shift[:, None]
    q = "image.decoder_net"
    features = dense(f"{q}.coord_latent.fc_coord", points) + dense(f"{q}.coord_latent.fc_latent", z1)[:, None]
    logits1 = dense(f"{q}.out", stack(f"{q}.fc_decoder", torch.tanh(features))).reshape(images.shape)
    q = "spectrum.decoder_net"
    logits2 = dense(f"{q}.out", stack(f"{q}.decoder", z2))

    cross = lambda logits, target: binary_cross_entropy_with_logits(logits, target, reduction="sum") / n
    prior = torch.ones(3 + SIZES["latent"])
    prior[0] = ANGLE_PRIOR
    normal = torch.distributions.Normal
    divergence = lambda mean, log, sd: torch.distributions.kl_divergence(
        normal(mean, torch.exp(log)), normal(torch.zeros_like(mean), sd.expand_as(mean))
    ).sum() / n
    terms = {
        "images": cross(logits1, images),
        "spectra": cross(logits2, spectra),
        "kl": divergence(mean1, log1, prior) + divergence(mean2, log2, torch.ones(1)),
    }
    loss = terms["images"] + terms["spectra"] + BETA * terms["kl"]
    if link == "linear":
        terms["link"] = (z1 - z2).abs().mean()
    if link == "cosine":
        terms["link"] = (1 - torch.cosine_similarity(z1, z2)).mean()
    if link != "none":
        loss = loss + GAMMA * terms["link"]
    latents = {"mean1": mean1, "log1": log1, "mean2": mean2, "log2": log2}
    return loss, terms, latents, torch.sigmoid(logits2)


def rounded(tensor):
    return [float(f"{v:.9g}") for v in tensor.detach().reshape(-1).tolist()]


s = SIZES
images = wave((s["n"], s["height"], s["width"], s["channels"]), 0.3, 0.5) + 0.5
spectra = wave((s["n"], s["spectrum"]), 1.1, 0.5) + 0.5
noise1, noise2 = wave((s["n"], 3 + s["latent"]), 2.0), wave((s["n"], s["latent"]), 3.0)
cases = {}
for link in ("linear", "cosine", "none"):
    shapes = {k: v for k, v in parameter_shapes().items() if link == "linear" or k != "link.weight"}
    parameters = {k: wave(v, 0.9 * i, 0.4).requires_grad_() for i, (k, v) in enumerate(shapes.items())}
    loss, terms, latents, out = model(parameters, images, spectra, noise1, noise2, link)
    loss.backward()
    cases[link] = {
        "loss": rounded(loss)[0],
        "terms": {k: rounded(v)[0] for k, v in terms.items()},
        "latents": {k: rounded(v) for k, v in latents.items()},
        "spectra": rounded(out),
        "gradients": {k: rounded(v.grad) for k, v in parameters.items()},
    }
about = {"sizes": SIZES, "beta": BETA, "gamma": GAMMA, "anglePrior": ANGLE_PRIOR, "shiftPrior": SHIFT_PRIOR}
print(json.dumps({"made by": f"test/peers/dual_vae_fixture.py, torch {torch.__version__}, float64", **about, "cases": cases}))
