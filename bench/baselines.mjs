import { compare } from "../dist/analyse/index.js";
import { subset } from "./fto-pairs.mjs";

/** Test errors of predictors that anybody can write in five minutes, smallest first: what a network must beat. */
export async function baselines(fto, { train, test }) {
  const sets = { train: subset(fto, train), test: subset(fto, test) };
  const { rows } = await compare([], { ...sets, baselines: ["mean", "ridge", "nearest", "positions"] });
  return rows.map(({ name, overall }) => ({ name, rel: overall }));
}
