import { FRONT_END_TARGET } from "../../core/comm";
import type { NotebookPanel } from "./jupyter";
import { followKernel, ownKernel } from "./own-kernel";

/** Says to each kernel of a notebook that this extension draws its views. */
export function announce(panel: NotebookPanel): () => void {
  const say = async () => {
    try {
      (await ownKernel(panel))?.createComm(FRONT_END_TARGET).open();
    } catch {
      // another part of the page speaks with this kernel's comms, and has said it
    }
  };
  void say();
  return followKernel(panel, () => {}, say);
}
