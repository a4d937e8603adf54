import type { LabKernel, NotebookPanel } from "./jupyter";

const RESTARTING = new Set(["restarting", "autorestarting"]);

/** The kernel of a notebook if it is specbook's and answers; undefined if there is none or another one. */
export async function ownKernel({ sessionContext }: NotebookPanel): Promise<LabKernel | undefined> {
  const kernel = sessionContext.session?.kernel;
  if (!kernel || kernel.isDisposed) return undefined;
  const { implementation } = await kernel.info;
  const isStill = sessionContext.session?.kernel === kernel && !kernel.isDisposed;
  return isStill && implementation === "specbook" ? kernel : undefined;
}

/** Calls `lost` when the kernel of a notebook ends, and `found` when another one is there; returns what ends that. */
export function followKernel({ sessionContext }: NotebookPanel, lost: () => void, found: () => void): () => void {
  let isRestarting = false;
  const onKernel = () => {
    isRestarting = false;
    lost();
    found();
  };
  const onStatus = (_: unknown, status: string) => {
    if (RESTARTING.has(status) || status === "dead") {
      isRestarting = true;
      lost();
    } else if (isRestarting && (status === "idle" || status === "busy")) {
      isRestarting = false;
      found();
    }
  };
  sessionContext.kernelChanged.connect(onKernel);
  sessionContext.statusChanged.connect(onStatus);
  return () => {
    sessionContext.kernelChanged.disconnect(onKernel);
    sessionContext.statusChanged.disconnect(onStatus);
  };
}
