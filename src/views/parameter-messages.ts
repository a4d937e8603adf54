/** One parameter as the panel shows it. */
export type Control = { readonly name: string; readonly label: string } & (
  | {
      readonly kind: "slider";
      readonly from: number;
      readonly to: number;
      /** 0: any value. */
      readonly step: number;
      readonly log: boolean;
      readonly units: string;
      readonly value: number;
    }
  | { readonly kind: "choice"; readonly options: readonly (string | number)[]; readonly value: string | number }
  | { readonly kind: "check"; readonly value: boolean }
  | { readonly kind: "text"; readonly value: string }
);

/** Places of a slider without steps of its own. */
export const PLACES = 200;

/** A number of a slider without steps, between its ends, with as many digits as tell its places apart. */
export function atPlace(value: number, { from, to, log }: { from: number; to: number; log: boolean }): number {
  const rounded = log
    ? value.toPrecision(Math.min(15, Math.max(2, 3 + Math.ceil(-Math.log10(to / from - 1)))))
    : value.toFixed(Math.min(100, Math.max(0, Math.ceil(-Math.log10((to - from) / PLACES)))));
  return Math.max(from, Math.min(to, Number(rounded)));
}

/** A value of a parameter. */
export type ParameterValue = number | boolean | string;

/** One thing that the function of a panel gave: a chart as SVG, or a text. */
export type PanelOutput = { readonly svg: string } | { readonly text: string };

/** How the newest run of the function stands. */
export type PanelRun =
  | { readonly state: "idle" | "running" }
  | { readonly state: "done" | "stopped"; readonly seconds: number }
  | { readonly state: "failed"; readonly message: string };

/** The state that both halves of `parameters` share. */
export interface PanelState {
  readonly [name: string]: unknown;
  readonly controls: readonly Control[];
  readonly values: Readonly<Record<string, ParameterValue>>;
  readonly run: PanelRun;
  readonly outputs: readonly PanelOutput[];
}
