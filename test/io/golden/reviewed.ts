/** A file that specbook and the peer read differently, looked at by hand: what differs, and why ours is as it is. */
export interface Reviewed {
  readonly file: string;
  /** Every difference must match it. */
  readonly differences: RegExp;
  readonly reason: string;
}

/** All of them. A file that is read alike must not be here, and one that is not read must be. */
export const REVIEWED: readonly Reviewed[] = [
  {
    file: "formats/4d/16x16-spectrum_image_5x5x4000-not_square_1.ser",
    differences: /^signal 5 x 5 x 4000: axis [01] from \S+ in steps of \S+ nm/,
    reason:
      "the steps agree; rosettasciio leaves the start of the scan in metres and takes it for pixel 0, while the file gives it for its calibration element",
  },
  {
    file: "formats/4d/20241021_00405_movie.mrc",
    differences: /^signal 32 x 4 x 8: axis [12] from 0 in steps of 1 px for 0, -1 nm$/,
    reason: "the header has a cell of -80 and -40 Angstrom, which is no calibration; rosettasciio keeps steps of -1 nm",
  },
  {
    file: "formats/4d/fpd_file_test.hdf5",
    differences: /dim\d \d+: not among ours$/,
    reason: "rosettasciio fails, h5py lists every array: those called dim are the axes of the others, with us too",
  },
  {
    file: "formats/emd/EMDReader_SpectrumImage_Si.emd",
    differences: /^HAADF 16 x 16: not among ours$/,
    reason:
      "the HAADF image is the mean of the five frames; rosettasciio takes the first; the frames are there as well",
  },
  {
    file: "formats/emd/velox_emd_version11.zip/Test SI 16x16 215 kx.emd",
    differences: /^HAADF 16 x 16: not among ours$/,
    reason: "the HAADF image is the mean of the two frames; rosettasciio takes the first; the frames are there as well",
  },
  {
    file: "formats/emd/Si100_2D_3D_DPC_potential_2slices.emd",
    differences: /^(DPC_CoM 2 x 2|annular_detector 2|virtual_detector 2 x 18) x 22 x 22: not among ours$/,
    reason: "the file holds one array for each of two depths, and so do we; rosettasciio stacks them",
  },
  {
    file: "formats/emd/Si100_4D.emd",
    differences: /^CBED_array 2 x 11 x 11 x 8 x 8: not among ours$/,
    reason: "the file holds one array for each of two depths, and so do we; rosettasciio stacks them",
  },
  {
    file: "formats/mat/v7.3_array.mat",
    differences: /^(empty 2|string 6 x 1): not among ours$/,
    reason: "h5py lists the size of an empty array and the letters of a text as arrays",
  },
  {
    file: "formats/mat/v7.3_struct.mat",
    differences: /^(#refs#|s)\/. .*: not among ours$/,
    reason: "#refs# keeps the elements of a list of structures, which are not listed; the structures themselves are",
  },
  {
    file: "formats/other/simple_signal.nxs",
    differences: /: not among ours$/,
    reason: "rosettasciio lists an axis and a list of the metadata as signals",
  },
  {
    file: "spm/cKPFM_10x10.npz",
    differences: /^Nd_mat 10 x 10 x 2 x 64 x 5 x 5: not among ours$/,
    reason:
      "an array of records (amplitude, frequency, ...), not of numbers; its amplitude and phase are there as arrays",
  },
];
