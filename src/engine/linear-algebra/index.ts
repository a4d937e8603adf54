export { blockedTimes, eachBlock, holding, normalTimes } from "./block-products";
export { orthonormalise, transpose } from "./orthonormalise";
export {
  addTo,
  type BlockedMatrix,
  blockHeight,
  type RowBlock,
  type RowBlocks,
  readFloats,
  rowBlocks,
  transposedProduct,
} from "./row-blocks";
export { checkEigenSize, plainEigen, type SymmetricEigen, symmetricEigen } from "./symmetric-eigen";
export { rayleighRitz, type TruncatedSvd, type TruncatedSvdOptions, truncatedSvd } from "./truncated-svd";
