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
export { TFJS_VERSION } from "./recipe";
export { type SelfTest, selfTest } from "./setup/self-test";
export { type SetupOptions, type SetupResult, setupEngine } from "./setup/setup-engine";
export type { SetupEvent, SetupReport } from "./setup/step";
