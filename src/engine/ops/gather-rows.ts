import type { Tensor } from "@tensorflow/tfjs-core";
import type { Engine } from "../engine";
import { attributes } from "./native-attribute";

/**
 * Rows of a table [rows, ...] by their int32 numbers [n]: [n, ...]. For data: it has no gradient. tfjs-node's own kernel
 * reads the numbers back to check them, which a recording must not do; they must be in range.
 */
export function gatherRows({ tf, native }: Engine, table: Tensor, numbers: Tensor): Tensor {
  if (native === undefined) return tf.gather(table, numbers as ReturnType<typeof tf.tensor1d>);
  const { int, type } = attributes(native);
  const axis = tf.scalar(0, "int32");
  const [float, integer] = [native.binding.TF_FLOAT, native.binding.TF_INT32];
  const kinds = [type("Tparams", float), type("Tindices", integer), type("Taxis", integer)];
  const rows = native.executeSingleOutput("GatherV2", [int("batch_dims", 0), ...kinds], [table, numbers, axis]);
  axis.dispose();
  return rows;
}
