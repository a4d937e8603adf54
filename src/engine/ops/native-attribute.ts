import type { NativeAttribute, NativeBackend } from "../engine";

/** Makers of the attributes of native TensorFlow operations, for one backend. */
export interface AttributeMaker {
  /** An element type, float32 unless told. */
  type(name?: string, value?: number): NativeAttribute;
  int(name: string, value: number | number[]): NativeAttribute;
  float(name: string, value: number): NativeAttribute;
  bool(name: string, value: boolean): NativeAttribute;
  string(name: string, value: string): NativeAttribute;
}

/** The attribute makers of a backend. */
export function attributes(native: NativeBackend): AttributeMaker {
  const b = native.binding;
  return {
    type: (name = "T", value = b.TF_FLOAT) => ({ name, type: b.TF_ATTR_TYPE, value }),
    int: (name, value) => ({ name, type: b.TF_ATTR_INT, value }),
    float: (name, value) => ({ name, type: b.TF_ATTR_FLOAT, value }),
    bool: (name, value) => ({ name, type: b.TF_ATTR_BOOL, value }),
    string: (name, value) => ({ name, type: b.TF_ATTR_STRING, value }),
  };
}
