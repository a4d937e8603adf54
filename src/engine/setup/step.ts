/** Where a step works. */
export interface StepPlace {
  /** The engine folder in the making. A step puts its result here at its end, by rename. */
  readonly folder: string;
  /** An empty folder on the same disk, removed afterwards: whatever a killed step leaves lies in it. */
  readonly scratch: string;
  readonly signal?: AbortSignal;
  /** One short line about how far it is. */
  progress(text: string): void;
}

/** One step of a setup. */
export interface SetupStep {
  /** Its name in the record of finished steps. */
  readonly name: string;
  /** What it does, for the user. */
  readonly title: string;
  /** Changes when the result would: versions and checksums. A finished step of another key is done again. */
  readonly key: string;
  run(place: StepPlace): Promise<void>;
}

/** What a setup tells while it works. */
export interface SetupEvent {
  /** The step's title. */
  readonly step: string;
  readonly state: "started" | "progress" | "skipped" | "done" | "failed" | "waiting";
  /** More, e.g. "42 % of 274 MB" or the reason of a failure. */
  readonly text?: string;
  /** Seconds it took, when done. */
  readonly seconds?: number;
}

/** Receives the events of a setup. */
export type SetupReport = (event: SetupEvent) => void;
