export type {
  Engine,
  EngineName,
  NativeAttribute,
  NativeBackend,
  NativeBinding,
  NativeTensor,
} from "./engine";
export { type EngineChoice, engineChoice, engineDirectory, type FoundEngine, findEngine } from "./find";
export { loadEngine } from "./load";
