import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A function as an assembly holds it. */
export interface AssemblyFunction {
  /** Construct's name, e.g. `Transform`. */
  readonly name: string;
  /** Folder of the bundle. */
  readonly folder: string;
  /** Its variables; what only a deployment knows stands there as the variable's own name. */
  readonly variables: Readonly<Record<string, string>>;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Properties;
}

/** Of a function, and of a saved query. */
interface Properties {
  readonly Code?: { readonly S3Key?: string };
  readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
  readonly QueryString?: unknown;
}

/** Every function of a cloud assembly, by name. Those without a bundle of ours, the CDK's own, are left out. */
export function functionsOf(assembly: string): readonly AssemblyFunction[] {
  return resourcesOf(assembly)
    .flatMap(([id, { Type, Properties = {} }]) => {
      const folder = join(assembly, `asset.${(Properties.Code?.S3Key ?? '').replace('.zip', '')}`);
      if (Type !== 'AWS::Lambda::Function' || !existsSync(join(folder, 'index.mjs'))) return [];
      const variables = Object.entries(Properties.Environment?.Variables ?? {}).map(
        ([name, value]) => [name, typeof value === 'string' ? value : name] as const,
      );
      return [{ name: id.replace(/[0-9A-F]{8}$/, ''), folder, variables: Object.fromEntries(variables) }];
    })
    .toSorted((left, right) => left.name.localeCompare(right.name, 'en'));
}

/** Texts of the saved queries of an assembly: without them no report is known. */
export const savedQueriesOf = (assembly: string): readonly string[] =>
  resourcesOf(assembly).flatMap(([, { Type, Properties: { QueryString } = {} }]) =>
    Type === 'AWS::Athena::NamedQuery' && typeof QueryString === 'string' ? [QueryString] : [],
  );

function resourcesOf(assembly: string): readonly (readonly [id: string, resource: Resource])[] {
  const templates = readdirSync(assembly).filter((name) => name.endsWith('.template.json'));
  return templates.flatMap((name) => {
    const { Resources = {} } = JSON.parse(readFileSync(join(assembly, name), 'utf8')) as {
      readonly Resources?: Readonly<Record<string, Resource>>;
    };
    return Object.entries(Resources);
  });
}

/** Bytes of everything in a bundle, and of what its start reads: `index.mjs`, what that imports, and what lies beside it. */
export function bundleBytes(folder: string): { readonly all: number; readonly atStart: number } {
  const size = (name: string): number => statSync(join(folder, name)).size;
  const names = readdirSync(folder);
  const read = new Set(names.filter((name) => !/-[A-Z0-9]{8}\.mjs$/.test(name)));
  for (const name of read) {
    for (const [, imported] of name.endsWith('.mjs') ? importsOf(join(folder, name)) : []) read.add(imported!);
  }
  return { all: total(names.map(size)), atStart: total([...read].map(size)) };
}

const importsOf = (path: string) =>
  readFileSync(path, 'utf8').matchAll(/(?:^|;)import(?:[^;'"]*from)?\s*["']\.\/([^"']+)["']/gm);

const total = (sizes: readonly number[]): number => sizes.reduce((sum, size) => sum + size, 0);
