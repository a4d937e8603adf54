"""The peers' side of `npm run test:peers`: python peer.py FOLDER, where cases.json lies.

For each case it loads the weights that specbook exported and writes the peer's output for the same inputs; then it
trains a network of its own for a few steps, saves it in the peer's own way, and writes that network's output.
"""
import contextlib
import io
import json
import os
import sys
import warnings

warnings.filterwarnings("ignore")

import atomai as aoi
import pyroved as pv
import torch
from atomai.utils import transform_coordinates
from safetensors.torch import load_file

SHIFT_PRIOR = 0.1  # of specbook and of AtomAI's fit


def outputs(case, model, data):
    """The numbers that both sides must agree in, by name."""
    kind = case["kind"]
    with torch.no_grad():
        if kind in ("im2spec", "spec2im"):
            model.net.eval()
            return imspec_outputs(kind, model.net, data)
        if kind == "segmenter":
            model.net.eval()
            return {"output": model.net(data["images"].movedim(-1, 1)).softmax(1).movedim(1, -1)}
        if kind == "ved":
            model.eval()
            mean, deviation = model.encode(data["images"].movedim(-1, 1))
            return {"mean": mean, "deviation": deviation, "output": model.decoder(mean).flatten(1)}
        return vae_outputs(case, model, data)


def imspec_outputs(kind, net, data):
    x = data["images"].movedim(-1, 1) if kind == "im2spec" else data["spectra"][:, None]
    output = net(x)
    return {"output": output[:, 0] if kind == "im2spec" else output.movedim(1, -1)}


def vae_outputs(case, model, data):
    x = data["spectra"] if case["side"] == "spectra" else data["images"]
    x = x[..., 0] if case["side"] == "images" and x.shape[-1] == 1 else x
    model.encoder_net.eval()
    model.decoder_net.eval()
    mean, log_deviation, *alphas = model.encoder_net(x)
    pose = model.coord
    result = {"mean": mean[:, pose:], "deviation": log_deviation.exp()[:, pose:]}
    content = mean[:, pose:]
    if alphas:
        result["classes"] = torch.cat(alphas, 1)
        content = torch.cat([content, *[torch.nn.functional.one_hot(a.argmax(1), a.shape[1]).float() for a in alphas]], 1)
    if pose:
        grid = model.x_coord.expand(len(x), *model.x_coord.shape)
        shift = (mean[:, 1:3] * SHIFT_PRIOR)[:, None] if pose == 3 else 0
        output = model.decoder_net(transform_coordinates(grid, mean[:, 0], shift), content)
    else:
        output = model.decoder_net(content)
    drawn = torch.from_numpy(model.decode(content))  # AtomAI's own decode, at angle and shift 0
    output = torch.sigmoid(output) if model.sigmoid_out else output
    return {**result, "decoded": drawn.reshape(len(x), -1), "output": output.reshape(len(x), -1)}


def fresh(case):
    options = case["peer"]
    if case["kind"] == "ved":
        return pv.models.VED(tuple(options.pop("input_dim")), tuple(options.pop("output_dim")), **options)
    if case["kind"] == "segmenter":
        return aoi.models.Segmentor(options.pop("model"), **options)
    dims = {name: tuple(options.pop(name)) for name in ("in_dim", "out_dim") if name in options}
    return getattr(aoi.models, case["class"])(*dims.values(), options.pop("latent_dim"), **options)


def load(case, path):
    """The peer with the weights that specbook exported, through the peer's own door."""
    if path.endswith(".tar"):
        return aoi.load_model(path)
    model = fresh(case)
    if case["kind"] == "ved" and path.endswith(".pt"):
        model.load_weights(path)
        return model
    state = load_file(path) if path.endswith(".safetensors") else torch.load(path, weights_only=True)
    net = model if case["kind"] == "ved" else model.net
    net.load_state_dict(state)
    return model


def train(case, data):
    """A network of the peer after a few steps, saved as the peer saves it."""
    model = fresh(case)
    images, spectra = data["images"].numpy(), data["spectra"].numpy()
    if case["kind"] == "ved":
        loader = pv.utils.init_dataloader(data["images"].movedim(-1, 1), data["spectra"][:, None], batch_size=16)
        trainer = pv.trainers.SVItrainer(model)
        trainer.step(loader)
        model.save_weights("theirs_" + case["name"])
        return model
    images = images[..., 0] if images.shape[-1] == 1 else images
    if case["class"] == "Segmentor":
        optimizer = torch.optim.Adam(model.net.parameters())
        for _ in range(3):
            x = data["images"].movedim(-1, 1)
            torch.nn.functional.cross_entropy(model.net(x), (x[:, 0] * 2.99).long()).backward()
            optimizer.step()
            optimizer.zero_grad()
        model.save_model("theirs_" + case["name"])
        return model
    if case["class"] == "ImSpec":
        pair = (images, spectra) if case["kind"] == "im2spec" else (spectra, images)
        model.fit(*pair, *pair, training_cycles=2, batch_size=16, full_epoch=True, plot_training_history=False)
    else:
        loss = "ce" if case["bernoulli"] else "mse"
        x = spectra if case["side"] == "spectra" else images
        if case["bernoulli"]:
            model.sigmoid_out = True  # what fit(loss="ce") sets; the fit itself fails on numpy 2
            model.metadict["sigmoid_out"] = True
            loss = "mse"
        model.fit(x, training_cycles=2, batch_size=16, loss=loss)
    model.save_model("theirs_" + case["name"])
    return model


def main():
    os.chdir(sys.argv[1])
    data = torch.load("data.pt", weights_only=True)
    with open("cases.json") as file:
        cases = json.load(file)
    for case in cases:
        inputs = data[case["data"]]
        with contextlib.redirect_stdout(io.StringIO()):
            for path in case["exports"]:
                ours = outputs(case, load(json.loads(json.dumps(case)), path), inputs)
                torch.save({k: v.contiguous() for k, v in ours.items()}, "to_" + path + ".pt")
            own = outputs(case, train(json.loads(json.dumps(case)), inputs), inputs)
            torch.save({k: v.contiguous() for k, v in own.items()}, "from_" + case["name"] + ".pt")


main()
