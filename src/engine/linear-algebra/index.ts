export { blockedTimes, eachBlock, holding, normalTimes } from "./block-products";
export { leadingEigenvectors } from "./leading-eigenvectors";
export { orthonormalise, transpose } from "./orthonormalise";
export { addOuterProducts, addTo, mirror, readFloats, transposedProduct } from "./outer-products";
export {
  type BlockedMatrix,
  blockHeight,
  type RowBlock,
  type RowBlocks,
  type RowBlocksOptions,
  rowBlocks,
} from "./row-blocks";
export { checkEigenSize, plainEigen, type SymmetricEigen, symmetricEigen } from "./symmetric-eigen";
export { rayleighRitz, type TruncatedSvd, type TruncatedSvdOptions, truncatedSvd } from "./truncated-svd";
