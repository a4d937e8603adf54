/**
 * The differentiable operations that models are made of. Each carries its own gradient: tfjs-core's are not registered
 * in Node without its union package, and lack dilated convolutions.
 */
export { addMany } from "./add-many";
export { add, affine, multiply, subtract } from "./arithmetic";
export {
  type BatchNormOptions,
  type BatchNormOutputs,
  type BatchNormTensors,
  batchNormInference,
  batchNormTraining,
  TORCH_BATCH_NORM,
} from "./batch-norm";
export { biasAdd } from "./bias-add";
export { columns, sideBySide } from "./columns";
export { convolution } from "./convolution";
export { diceLoss, softmaxCrossEntropy } from "./cross-entropy";
export { abs, cos, exp, log, sigmoid, sin, softplus, square, tanh } from "./elementwise";
export { gatherRows } from "./gather-rows";
export { gaussianKl, gaussianSample } from "./gaussian";
export { type LatentPrior, latentKl } from "./latent-kl";
export { leakyRelu } from "./leaky-relu";
export { maxPool } from "./max-pool";
export { meanSquaredError } from "./mean-squared-error";
export { type AttributeMaker, attributes } from "./native-attribute";
export { product } from "./product";
export { binaryCrossEntropy, halfSquaredError } from "./reconstruction-loss";
export { averagePool, upsampleTwice } from "./resample";
export { reshape } from "./reshape";
export { softmax } from "./softmax";
export { sum } from "./sum";
export { transpose } from "./transpose";
export { withGradient } from "./with-gradient";
