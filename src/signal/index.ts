export { type AlignImagesOptions, alignImages, type Drift } from "./align-images";
export {
  alignZeroLoss,
  type ZeroLossAlignment,
  type ZeroLossAlignmentOptions,
} from "./align-zero-loss";
export { type ApplyDriftOptions, applyDrift } from "./apply-drift";
export type { BackgroundModel } from "./background-models";
export { type BandMapOptions, bandMap } from "./band-map";
export { type BinOptions, bin, type SpectrumBinOptions } from "./bin";
export { type ClipOutliersOptions, clipOutliers } from "./clip-outliers";
export { type CropOptions, crop, type SpectrumCropOptions } from "./crop";
export type { TermName } from "./curve-models";
export type { WindowBorder } from "./cut-windows";
export { type Despiked, type DespikeOptions, despike, type Spike } from "./despike";
export type { FitWeights } from "./fit-curve";
export { fitPeaks } from "./fit-peaks";
export type { EnergyWindow } from "./fit-windows";
export { type Deconvolution, type FourierLogOptions, fourierLog } from "./fourier-log";
export { type ImageWindowOptions, imageWindows } from "./image-windows";
export { type LabelSource, labelled } from "./labelled";
export type { PeakWindow, ZeroLossMethod } from "./locate-zero-loss";
export { combineMasks, growMask, invertMask, type MaskShapeOptions, maskFromRegion, shrinkMask } from "./masks";
export { matchScan } from "./match-scan";
export { type MeanFreePathOptions, meanFreePath } from "./mean-free-path";
export { type Normalised, type NormaliseOptions, normalise } from "./normalise";
export type { FittedPeak, PeakFit } from "./peak-fit";
export type { FitPeaksOptions, PeakStart } from "./peak-options";
export type { PeakShape } from "./peak-shapes";
export { type PixelSpectraOptions, pixelSpectra } from "./pixel-spectra";
export type { PixelProgress, PixelWorkOptions } from "./pixel-work";
export { type Region, regionPixels } from "./region";
export { type RegionSpectrum, regionSpectrum } from "./region-spectrum";
export { type BackgroundOptions, type BackgroundRemoval, removeBackground } from "./remove-background";
export {
  removeZeroLoss,
  type ZeroLossRemoval,
  type ZeroLossRemovalMethod,
  type ZeroLossRemovalOptions,
} from "./remove-zero-loss";
export { type ResampleOptions, resample, type SpectrumResampleOptions } from "./resample";
export { type RescaleOptions, rescale } from "./rescale";
export { type ScaleOption, unscale } from "./scaling";
export { select } from "./select";
export { type ImageShape, type PairShapes, type SpectrumShape, shapes } from "./shapes";
export type { Interpolation } from "./shift-values";
export { type SmoothOptions, smooth } from "./smooth";
export type { SpectrumScaling } from "./spectrum-scaling";
export { type SplitOptions, split } from "./split";
export { type Thickness, type ThicknessOptions, thickness } from "./thickness";
export { type ThresholdOptions, threshold } from "./threshold";
export { type WindowOptions, windows } from "./windows";
export { type ZeroLossWidthOptions, zeroLossWidth } from "./zero-loss-width";
