import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { synthesize } from '../../lib/synthesize.ts';
import { type AssemblyFunction, functionsOf, savedQueriesOf } from './functions-of.ts';

const configPath = 'config/prod.yaml';

/** What is deployed, as far as it runs on Lambda. */
export interface DeployedFunctions {
  readonly functions: readonly AssemblyFunction[];
  readonly savedQueries: readonly string[];
}

/** Lets something work with the functions of `config/prod.yaml`, bundled as `npm run deploy` bundles them. */
export async function withFunctions<Result>(work: (deployed: DeployedFunctions) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-functions-'));
  try {
    await synthesize({ configPath, outdir: folder });
    return await work({ functions: functionsOf(folder), savedQueries: savedQueriesOf(folder) });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same, and the functions that a warehouse has besides, or has in another shape. */
export async function withAllFunctions<Result>(
  work: (deployed: DeployedFunctions) => Promise<Result>,
): Promise<Result> {
  return await withFunctions(async ({ functions, savedQueries }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-warehouse-'));
    try {
      const settings = join(folder, 'settings.yaml');
      const prod = parse(readFileSync(configPath, 'utf8')) as object;
      writeFileSync(settings, stringify({ ...prod, DATA_STACK: 'REDSHIFT' }));
      await synthesize({ configPath: settings, outdir: join(folder, 'assembly') });
      const more = others(functionsOf(join(folder, 'assembly')), functions);
      return await work({ functions: [...functions, ...more], savedQueries });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** Bundles that are not among the known ones: folders are named after what is in them. */
function others(all: readonly AssemblyFunction[], known: readonly AssemblyFunction[]): readonly AssemblyFunction[] {
  const bundles = new Set(known.map(({ folder }) => basename(folder)));
  const names = new Set(known.map(({ name }) => name));
  return all
    .filter(({ folder }) => !bundles.has(basename(folder)))
    .map(({ name, folder, variables }) => ({
      name: names.has(name) ? `${name} of a warehouse` : name,
      folder,
      variables,
    }));
}
