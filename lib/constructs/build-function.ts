import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type Metafile } from 'esbuild';

const businessLogic = fileURLToPath(new URL('../../business-logic', import.meta.url));

/** A module of a function. */
export interface BuiltModule {
  /** `index.mjs`, the entry, or one that an `import()` loads or that several modules share. */
  readonly name: string;
  readonly text: string;
}

/** The code of a function. */
export interface BuiltFunction {
  readonly modules: readonly BuiltModule[];
  /** What each module is made of, as esbuild tells it. */
  readonly outputs: Metafile['outputs'];
}

/** What was built in this process, whose sources stay as they are: some functions share their code, and stacks theirs. */
const built = new Map<string, BuiltFunction>();

/**
 * Bundles `handler.ts` of a folder below `business-logic/` with every dependency. What it imports by `import()` becomes
 * modules of their own, which no cold start reads before they are needed. Names and lines stay readable: a stack trace
 * in the log must say where it was.
 */
export function buildFunction(folder: string): BuiltFunction {
  const known = built.get(folder);
  if (known) return known;
  const { outputFiles, metafile } = buildSync({
    entryPoints: { index: join(businessLogic, folder, 'handler.ts') },
    outdir: 'out',
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    splitting: true,
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 200,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const modules = outputFiles.map(({ path, text }) => ({ name: basename(path), text: requiring(text) }));
  const result = { modules, outputs: metafile.outputs };
  built.set(folder, result);
  return result;
}

const makeRequire = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);\n";

/** Some dependencies are CommonJS and require Node's own modules, for which esbuild leaves a call that would throw. */
const requiring = (text: string): string => (text.includes('Dynamic require of "') ? makeRequire + text : text);
