import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildFunction } from './build-function.ts';

const businessLogic = fileURLToPath(new URL('../../business-logic', import.meta.url));

export interface BundleProps {
  /** Folder below `business-logic/`; its `handler.ts` is the entry. */
  readonly folder: string;
  /** Text files to lay beside the bundle, by name; what takes time to make is made when the function is bundled. */
  readonly files?: Readonly<Record<string, string | (() => string)>>;
}

/** A function's code as ES modules, of which `index.mjs` is loaded first, with every dependency in them. */
export function bundle({ folder, files = {} }: BundleProps): AssetCode {
  return Code.fromAsset(join(businessLogic, folder), {
    // The hash of what was built: the same bundle is the same asset, whatever else changed in the folder.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('not-used'),
      local: {
        tryBundle(outputDir) {
          const write = (name: string, text: string) => writeFileSync(join(outputDir, name), text);
          for (const { name, text } of buildFunction(folder).modules) write(name, text);
          for (const [name, text] of Object.entries(files)) write(name, typeof text === 'string' ? text : text());
          return true;
        },
      },
    },
  });
}
