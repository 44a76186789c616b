import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A synthesized stack as CloudFormation would read it. */
export interface StackTemplate {
  readonly stackName: string;
  readonly template: Template;
}

export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type?: string; readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface TemplateOutput {
  readonly Value: unknown;
  readonly Condition?: string;
  readonly Export?: { readonly Name: unknown };
}

/** What `cdk synth` wrote: the stacks, and the folders and files they refer to. */
export interface Assembly {
  readonly dir: string;
  readonly stacks: readonly StackTemplate[];
  /** Path of the file asset that a template names by its S3 key; undefined for a key of something else. */
  assetPath(objectKey: string): string | undefined;
}

interface Manifest {
  readonly artifacts?: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly file?: string;
    readonly directoryName?: string;
  };
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

/** Reads a cloud assembly, nested assemblies (stages) included. */
export function readAssembly(dir: string): Assembly {
  const stacks: StackTemplate[] = [];
  const assets = new Map<string, string>();
  collect(dir, stacks, assets);
  if (stacks.length === 0) throw new Error(`the cloud assembly in ${dir} declares no stack`);
  return { dir, stacks, assetPath: (objectKey) => assets.get(objectKey) };
}

function collect(dir: string, stacks: StackTemplate[], assets: Map<string, string>): void {
  const manifestPath = join(dir, 'manifest.json');
  if (!existsSync(manifestPath)) throw new Error(`${dir} is no cloud assembly: it has no manifest.json`);
  const { artifacts = {} } = readJson<Manifest>(manifestPath);

  for (const [id, { type, properties = {} }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack' && properties.templateFile) {
      const template = readJson<Template>(join(dir, properties.templateFile));
      stacks.push({ stackName: properties.stackName ?? id, template });
    } else if (type === 'cdk:asset-manifest' && properties.file) {
      const { files = {} } = readJson<AssetManifest>(join(dir, properties.file));
      for (const { source, destinations } of Object.values(files)) {
        if (source.path === undefined) continue;
        for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(dir, source.path));
      }
    } else if (type === 'cdk:cloud-assembly' && properties.directoryName) {
      collect(join(dir, properties.directoryName), stacks, assets);
    }
  }
}

function readJson<T>(path: string): T {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON`, { cause: error });
  }
}
