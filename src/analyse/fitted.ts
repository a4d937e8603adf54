import { SpecbookError } from "../core/errors";
import type { Pairs } from "../data";
import type { Model } from "../models";

/** What a model knows once it was fitted. */
export interface Fitted {
  readonly scaling: Pairs["scaling"];
  readonly axes: Pairs["axes"];
}

/** The scaling and axes that a model was fitted to; throws a NotFittedError where there are none. */
export function fittedTo(model: Model): Fitted {
  const { scaling, axes } = model;
  if (scaling !== undefined && axes !== undefined) return { scaling, axes };
  throw new SpecbookError("NotFittedError", "the model has not been trained", {
    got: `a model of kind ${model.kind} with its first, random weights`,
    needed: "a model that fit(...) has trained",
    remedy: "const run = await fit(model, train, { validation: test });",
  });
}

/** `fittedTo`, and throws an OptionError where the pairs were scaled in another way than the model's training set. */
export function fittedLike(model: Model, pairs: Pairs): Fitted {
  const fitted = fittedTo(model);
  for (const side of ["images", "spectra"] as const) {
    const [own, other] = [fitted.scaling[side], pairs.scaling[side]];
    if (own.offset === other.offset && own.range === other.range) continue;
    const say = ({ offset, range }: typeof own) => `offset ${offset}, range ${range}`;
    throw new SpecbookError(
      "OptionError",
      `the ${side} are scaled in another way than those the model was trained on`,
      {
        got: `${side} of the pairs: ${say(other)}`,
        needed: `${side} as in training: ${say(own)}`,
        remedy: "cut these pairs with the model's scaling: windows(image, spectra, { size, scale: model.scaling })",
      },
    );
  }
  return fitted;
}
