import { rowBlocks } from "../../engine/linear-algebra";
import { addMean } from "./centred";
import { principalAxes } from "./principal-scores";
import type { BaselinePrediction, BaselineTask } from "./task";

/**
 * Targets encoded by their first principal components and decoded again: the best linear autoencoder (Baldi & Hornik,
 * Neural Networks 2, 53 (1989), doi:10.1016/0893-6080(89)90014-2). It sees the targets that it gives back.
 */
export async function principalComponentsBaseline(task: BaselineTask, wanted: number): Promise<BaselinePrediction> {
  const { train, test, engine } = task;
  const { components, vectors, mean, scores } = await principalAxes(task, train.targets, wanted);
  const code = scores(test.targets);
  const blocks = rowBlocks(engine, code.data, code.count, components);
  try {
    return {
      name: `PCA with ${components} component${components === 1 ? "" : "s"}`,
      predicted: addMean(blocks.times(vectors, train.targets.size), mean),
      parameters: (components + 1) * train.targets.size,
      settings: { components },
    };
  } finally {
    blocks.dispose();
  }
}
