/** Characters of a line that JupyterLab shows in a window of 1280 pixels, its file browser open (test/lab/notebook-room.test.ts). */
export const COLUMNS = 106;

/** Width of a figure in pixels that it shows there without scrolling sideways. */
export const WIDTH = 802;
