import { CELLS_TARGET, type CellsAnswer, type CellsChanged, type CellsQuestion } from "../../core/cells";
import type { LabComm, NotebookPanel } from "./jupyter";
import { followKernel, ownKernel } from "./own-kernel";

/** Asks the kernel of a notebook about its cells, whichever kernel that is now; undefined while none of ours is there. */
export class CellsChannel {
  readonly #stop: () => void;
  #comm: LabComm | undefined;

  /**
   * `onAnswer` gets undefined when the kernel has gone; `onKernel` is called when one is there, `onChange` when something
   * was changed by hand that cells depend on.
   */
  constructor(
    readonly panel: NotebookPanel,
    readonly onAnswer: (answer: CellsAnswer | undefined) => void,
    readonly onKernel: () => void,
    readonly onChange: () => void,
  ) {
    const lost = () => {
      this.#comm = undefined;
      onAnswer(undefined);
    };
    this.#stop = followKernel(panel, lost, () => void this.#open());
    void this.#open();
  }

  /** False if there is nobody to ask. */
  ask(question: CellsQuestion): boolean {
    const comm = this.#comm;
    if (comm === undefined || comm.isDisposed) return false;
    try {
      comm.send(question);
      return true;
    } catch {
      return false; // the kernel has just gone
    }
  }

  close(): void {
    this.#stop();
    try {
      if (this.#comm?.isDisposed === false) this.#comm.close();
    } catch {
      // the kernel has gone before
    }
    this.#comm = undefined;
  }

  async #open(): Promise<void> {
    try {
      const kernel = await ownKernel(this.panel);
      if (kernel === undefined || this.#comm !== undefined) return;
      const comm = kernel.createComm(CELLS_TARGET);
      comm.onMsg = ({ content }) => {
        if (this.#comm !== comm) return;
        const data = content.data as unknown as CellsAnswer | CellsChanged; // our kernel's
        if ("changed" in data) this.onChange();
        else this.onAnswer(data);
      };
      comm.onClose = () => {
        if (this.#comm === comm) this.#comm = undefined;
      };
      comm.open();
      this.#comm = comm;
      this.onKernel();
    } catch {
      // another part of the page speaks with this kernel's comms
    }
  }
}
