import { join, resolve } from "node:path";

/** The folder of the shared test data: beside the project, or where SPECBOOK_SHARED says. */
export const sharedFolder: string = process.env.SPECBOOK_SHARED ?? resolve(__dirname, "../../../shared");

/** The data in it. */
export const sharedData: string = join(sharedFolder, "data");
