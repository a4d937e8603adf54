import type * as TS from "@tslab/typescript-for-tslab";
import type { TypeScript } from "./typescript";

type Builder = TS.EmitAndSemanticDiagnosticsBuilderProgram;

/**
 * A builder without bookkeeping. The compiler's own lists what each of hundreds of declaration files refers to, anew for
 * every cell: nearly half of a cell's time. What tslab asks of it, the files that one file depends on, is found here by
 * following the imports of that file.
 */
export function createPlainBuilder(ts: TypeScript): TS.CreateProgram<Builder> {
  const create: TS.CreateProgram<TS.BuilderProgram> = ts.createAbstractBuilder;
  // the binder is not in the public types
  const { bindSourceFile } = ts as unknown as {
    bindSourceFile(file: TS.SourceFile, options: TS.CompilerOptions): void;
  };
  return (...all) => {
    const builder = create(...(all as unknown as Parameters<typeof create>));
    // tslab reads a cell's names from its scope, which is there once the file is bound; known files are already
    for (const file of builder.getSourceFiles()) bindSourceFile(file, builder.getCompilerOptions());
    builder.getAllDependencies = (file) => dependencies(builder.getProgram(), file);
    return builder as Builder; // the rest, steps over affected files, is never called
  };
}

// What the public types leave out: where each import of a file was found.
interface ResolvedFile {
  readonly resolvedModules?: { forEach(see: (found: Resolution) => void): void };
}
interface Resolution {
  readonly resolvedModule?: { readonly resolvedFileName: string };
}

const isDeclaration = (name: string) => /\.d\.[cm]?ts$/.test(name);

/** The file and all sources that it imports, by whatever way. Declarations count, but are not looked into. */
function dependencies(program: TS.Program, file: TS.SourceFile): readonly string[] {
  const found = new Set([file.fileName]);
  const follow = (source: TS.SourceFile): void => {
    (source as ResolvedFile).resolvedModules?.forEach(({ resolvedModule }) => {
      const name = resolvedModule?.resolvedFileName;
      if (name === undefined || found.has(name)) return;
      found.add(name);
      const next = isDeclaration(name) ? undefined : program.getSourceFile(name);
      if (next !== undefined) follow(next);
    });
  };
  follow(file);
  return [...found];
}
