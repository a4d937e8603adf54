import { SpecbookError } from "../../core/errors";
import { Callable, callable } from "./pickle-calls";
import { Inert, TorchStorage, TorchTensor, type TorchValue } from "./values";

/**
 * Reads the pickle of a file that `torch.save` wrote (the stack machine of Python's `pickle`, protocols 2 to 5): None,
 * booleans, numbers, texts, tuples, lists, dictionaries and tensors. Everything else is refused by its name; of a
 * pickle's power to call any function of Python nothing is left. `path` is for messages.
 */
export function readPickle(bytes: Uint8Array, path: string): TorchValue {
  const machine = new Machine(bytes, path);
  for (;;) {
    const code = machine.byte();
    if (code === STOP) return machine.result();
    const step = STEPS.get(code);
    if (step === undefined) throw machine.refuse(`the pickle instruction 0x${code.toString(16)}`);
    step(machine);
  }
}

const STOP = 0x2e;

/** Where a tuple, or the items of a list, begin. */
const MARK = Symbol("mark");

/** Lists are filled while they lie on the stack; everything on it is a TorchValue, a mark, a callable or a storage. */
class Machine {
  private at = 0;
  private readonly view: DataView;
  private readonly stack: unknown[] = [];
  private readonly memo = new Map<number, unknown>();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly path: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The position of the next `count` bytes, which are then behind. */
  take(count: number): number {
    const start = this.at;
    if (count > this.bytes.length - start) throw this.broken(`${this.bytes.length} bytes of pickle`);
    this.at += count;
    return start;
  }

  byte(): number {
    return this.view.getUint8(this.take(1));
  }

  uint16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  int32(): number {
    return this.view.getInt32(this.take(4), true);
  }

  double(): number {
    return this.view.getFloat64(this.take(8)); // the one number that a pickle writes big-endian
  }

  wide(): number {
    return Number(this.view.getBigUint64(this.take(8), true));
  }

  /** A whole number of two's complement in `size` bytes. */
  long(size: number): number {
    const start = this.take(size);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[start + i]);
    const signed = Number(BigInt.asIntN(8 * size, value));
    if (Number.isSafeInteger(signed)) return signed;
    throw this.refuse("a whole number beyond 2^53");
  }

  text(length: number): string {
    const start = this.take(length);
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, length).toString("utf8");
  }

  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.broken("a name without end");
    const text = this.text(end - this.at);
    this.at = end + 1;
    return text;
  }

  push(value: unknown): void {
    this.stack.push(value);
  }

  pop(): unknown {
    if (this.stack.length === 0) throw this.broken("an empty stack");
    return this.stack.pop();
  }

  top(): unknown {
    return this.stack[this.stack.length - 1];
  }

  /** Everything above the last mark. */
  popMark(): unknown[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw this.broken("items without a mark");
    return this.stack.splice(mark).slice(1);
  }

  popMany(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  remember(index: number): void {
    this.memo.set(index, this.top());
  }

  rememberNext(): void {
    this.remember(this.memo.size);
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw this.broken(`no value number ${index}`);
    this.push(this.memo.get(index));
  }

  name(module: string, name: string): void {
    const found = callable(module, name);
    if (found === undefined) throw this.refuse(`the Python object ${module}.${name}`);
    this.push(found);
  }

  call(): void {
    const [called, args] = this.popMany(2);
    const value = called instanceof Callable && Array.isArray(args) ? called.call(args) : undefined;
    if (value === undefined) {
      throw this.broken(`a call of ${called instanceof Callable ? called.name : "no function"} with wrong arguments`);
    }
    this.push(value);
  }

  append(items: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.broken("items for something that is no list");
    for (const item of items) list.push(item);
  }

  set(items: readonly unknown[]): void {
    const map = this.top();
    if (!(map instanceof Map) || items.length % 2 !== 0) throw this.broken("items for something that is no dictionary");
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  /** The state of an object: of a dictionary its attributes, of an optimiser all it has. Neither is needed. */
  build(): void {
    this.pop();
    const target = this.top();
    if (!(target instanceof Map) && !(target instanceof Inert)) throw this.broken("a state for something without one");
  }

  /** ("storage", type, key, device, number of elements) */
  storage(): void {
    const id = this.pop();
    const [tag, type, key, , count] = Array.isArray(id) ? id : [];
    if (tag !== "storage" || !(type instanceof Callable) || type.storage === undefined || typeof key !== "string") {
      throw this.broken("a storage without type or name");
    }
    if (!Number.isSafeInteger(count) || count < 0) throw this.broken(`a storage of ${String(count)} numbers`);
    this.push(new TorchStorage(key, type.storage, count));
  }

  result(): TorchValue {
    const value = this.pop();
    if (this.stack.length > 0 || !isValue(value)) throw this.broken("no single value at the end of the pickle");
    return value;
  }

  refuse(got: string): SpecbookError {
    return new SpecbookError("FormatError", `"${this.path}" holds more than weights, and is not read`, {
      got,
      needed: "dictionaries, lists, texts, numbers and tensors only: nothing that would run code",
      remedy: "in Python, save the weights alone: torch.save(model.state_dict(), path)",
    });
  }

  private broken(got: string): SpecbookError {
    return new SpecbookError("FormatError", `"${this.path}" holds a damaged pickle`, {
      got: `${got} at byte ${this.at}`,
      needed: "the file as torch.save wrote it",
      remedy: "copy or save the file again: this copy is damaged",
    });
  }
}

/** True for what may stand in the result; what is inside dictionaries and lists is looked at when it is used. */
export function isValue(value: unknown): value is TorchValue {
  if (value === null || ["boolean", "number", "string"].includes(typeof value)) return true;
  return Array.isArray(value) || value instanceof Map || value instanceof TorchTensor || value instanceof Inert;
}

const STEPS: ReadonlyMap<number, (machine: Machine) => void> = new Map([
  [0x80, (m) => void m.byte()], // protocol
  [0x95, (m) => void m.wide()], // frame
  [0x28, (m) => m.push(MARK)],
  [0x4e, (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  [0x4b, (m) => m.push(m.byte())],
  [0x4d, (m) => m.push(m.uint16())],
  [0x4a, (m) => m.push(m.int32())],
  [0x8a, (m) => m.push(m.long(m.byte()))],
  [0x47, (m) => m.push(m.double())],
  [0x58, (m) => m.push(m.text(m.uint32()))],
  [0x8c, (m) => m.push(m.text(m.byte()))],
  [0x8d, (m) => m.push(m.text(m.wide()))],
  [0x5d, (m) => m.push([])],
  [0x7d, (m) => m.push(new Map())],
  [0x29, (m) => m.push([])],
  [0x74, (m) => m.push(m.popMark())],
  [0x85, (m) => m.push(m.popMany(1))],
  [0x86, (m) => m.push(m.popMany(2))],
  [0x87, (m) => m.push(m.popMany(3))],
  [0x61, (m) => m.append(m.popMany(1))],
  [0x65, (m) => m.append(m.popMark())],
  [0x73, (m) => m.set(m.popMany(2))],
  [0x75, (m) => m.set(m.popMark())],
  [0x71, (m) => m.remember(m.byte())],
  [0x72, (m) => m.remember(m.uint32())],
  [0x94, (m) => m.rememberNext()],
  [0x68, (m) => m.recall(m.byte())],
  [0x6a, (m) => m.recall(m.uint32())],
  [0x63, (m) => m.name(m.line(), m.line())],
  [0x93, (m) => m.name(...(m.popMany(2).map(String) as [string, string]))], // exactly two were popped
  [0x51, (m) => m.storage()],
  [0x52, (m) => m.call()],
  [0x81, (m) => m.call()],
  [0x62, (m) => m.build()],
] as [number, (machine: Machine) => void][]);
