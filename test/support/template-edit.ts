import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** A resource of a template as it stands in the file; change its properties in place. */
export interface TemplateResource {
  Type: string;
  Properties: Record<string, unknown>;
}

/** The templates of one cloud assembly, open for changes. */
export interface OpenAssembly {
  /** Folder of the copy. */
  readonly folder: string;
  /** Every resource of a type, over all stacks. */
  resources(type: string): TemplateResource[];
  /** The only resource of a type; throws if there is none or more than one. */
  resource(type: string): TemplateResource;
  /** The only function that is given an environment variable. */
  functionWith(variable: string): TemplateResource;
  /** The path of a function's bundle file. */
  bundlePath(lambda: TemplateResource): Promise<string>;
  /** Adds a resource to the stack whose name ends with `stackSuffix`. */
  addResource(stackSuffix: string, logicalId: string, resource: TemplateResource): void;
}

/** A file that says that an assembly is none that synthesis makes. */
export const EDITED = 'edited-by-a-test';

interface Template {
  Resources?: Record<string, TemplateResource>;
}

/** Copies a cloud assembly, lets `edit` change its templates and bundles, and returns the copy's folder. */
export async function editedAssembly(
  source: string,
  edit: (assembly: OpenAssembly) => void | Promise<void>,
): Promise<string> {
  const folder = await temporaryFolder('assembly');
  await cp(source, folder, { recursive: true });
  const files = (await readdir(folder)).filter((name) => name.endsWith('.template.json'));
  const templates = new Map<string, Template>();
  for (const file of files) {
    templates.set(file, JSON.parse(await readFile(join(folder, file), 'utf8')) as Template);
  }

  await edit(openAssembly(folder, templates));

  for (const [file, template] of templates) {
    await writeFile(join(folder, file), JSON.stringify(template, undefined, 1));
  }
  await writeFile(join(folder, EDITED), '');
  return folder;
}

function openAssembly(folder: string, templates: ReadonlyMap<string, Template>): OpenAssembly {
  const resources = (type: string) =>
    [...templates.values()]
      .flatMap((template) => Object.values(template.Resources ?? {}))
      .filter((resource) => resource.Type === type);

  const bundlePath = async (lambda: TemplateResource) => {
    const asset = join(folder, `asset.${assetHash(lambda)}`);
    const file = (await readdir(asset)).find((name) => /^index\.(mjs|cjs|js)$/.test(name));
    if (!file) throw new Error(`no bundle in ${asset}`);
    return join(asset, file);
  };

  return {
    folder,
    resources,
    bundlePath,
    resource: (type) => only(resources(type), type),
    functionWith: (variable) => {
      const hasIt = (lambda: TemplateResource) =>
        at(lambda.Properties, 'Environment', 'Variables', variable) !== undefined;
      return only(resources('AWS::Lambda::Function').filter(hasIt), `function with ${variable}`);
    },
    addResource: (stackSuffix, logicalId, resource) => {
      const file = [...templates.keys()].find((name) => name.endsWith(`${stackSuffix}.template.json`));
      const template = templates.get(file ?? '');
      if (!template) throw new Error(`no template ends with ${stackSuffix}`);
      template.Resources = { ...template.Resources, [logicalId]: resource };
    },
  };
}

/** The asset's hash names its folder in the assembly and its object in the bootstrap bucket. */
function assetHash(lambda: TemplateResource): string {
  const [hash] = /[0-9a-f]{64}/.exec(JSON.stringify(at(lambda.Properties, 'Code', 'S3Key'))) ?? [];
  if (hash === undefined) throw new Error('the function has no code of its own in the assembly');
  return hash;
}

function only<T>(found: readonly T[], what: string): T {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`expected one ${what}, found ${found.length}`);
  return first;
}

/** Looks into nested properties by path, e.g. `at(stream.Properties, 'ExtendedS3DestinationConfiguration', 'Prefix')`. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}

/** Sets a nested property; throws if the way to it is not there, so that an edit can never miss in silence. */
export function setAt(value: unknown, path: readonly (string | number)[], to: unknown): void {
  const last = path.at(-1);
  const parent = at(value, ...path.slice(0, -1));
  if (last === undefined || typeof parent !== 'object' || parent === null) {
    throw new Error(`nothing at ${path.slice(0, -1).join('.')}`);
  }
  (parent as Record<string | number, unknown>)[last] = to;
}
