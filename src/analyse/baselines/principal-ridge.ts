import { principalAxes } from "./principal-scores";
import { fitRidge } from "./ridge";
import type { BaselinePrediction, BaselineTask } from "./task";

/** Ridge regression on the principal components of the inputs, which are found in the training set. */
export async function principalRidgeBaseline(
  task: BaselineTask,
  options: { readonly components?: number; readonly alpha?: number } = {},
): Promise<BaselinePrediction> {
  const { train, test, engine, pace } = task;
  const axes = await principalAxes(task, train.inputs, options.components ?? 10);
  await pace.step();
  const fitted = fitRidge(engine, axes.scores(train.inputs), train.targets, options.alpha);
  const { components } = axes;
  return {
    name: `${components} principal components + ridge`,
    predicted: fitted.predict(axes.scores(test.inputs)),
    parameters: (components + 1) * (train.inputs.size + train.targets.size) - components,
    settings: { components, alpha: fitted.alpha },
  };
}
