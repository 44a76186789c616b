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
          build(join(businessLogic, folder, 'handler.ts'), join(outputDir, 'index.mjs'));
          for (const [name, text] of Object.entries(files)) writeFileSync(join(outputDir, name), text);
          return true;
        },
      },
    },
  });
}

function build(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
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
}
