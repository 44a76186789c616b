import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const businessLogic = fileURLToPath(new URL('../../business-logic', import.meta.url));

/** Bundles keep names and lines readable: a stack trace in the log must say where it was. */
export interface BundleProps {
  /** Folder below `business-logic/`; its `handler.ts` is the entry. */
  readonly folder: string;
  /** Text files to lay beside the bundle, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A function's code as one ES module, `index.mjs`, with every dependency in it. */
export function bundle({ folder, files = {} }: BundleProps): AssetCode {
  return Code.fromAsset(join(businessLogic, folder), {
    // The hash of what was built: the same bundle is the same asset, whatever else changed in the folder.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('not-used'),
      local: {
        tryBundle(outputDir) {
          writeFileSync(join(outputDir, 'index.mjs'), build(join(businessLogic, folder, 'handler.ts')));
          for (const [name, text] of Object.entries(files)) writeFileSync(join(outputDir, name), text);
          return true;
        },
      },
    },
  });
}

/** What was built in this process, whose sources stay as they are: some functions share their code, and stacks theirs. */
const built = new Map<string, Uint8Array>();

function build(entry: string): Uint8Array {
  const known = built.get(entry);
  if (known) return known;
  const { outputFiles } = buildSync({
    entryPoints: [entry],
    outfile: 'index.mjs',
    write: false,
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
    // Some dependencies are CommonJS and require Node's own modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  const { contents } = outputFiles[0]!;
  built.set(entry, contents);
  return contents;
}
