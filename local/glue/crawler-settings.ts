import type { Properties } from '../runtime.ts';

/** A folder of the lake that a crawler looks through. */
export interface CrawlTarget {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  /** Whether a key, as it follows the prefix, is left out. */
  excludes(path: string): boolean;
}

export interface CrawlerSettings {
  readonly roleArn: string;
  readonly database: string;
  readonly tablePrefix: string;
  readonly targets: readonly CrawlTarget[];
  /** The level of the folders that are a table each; a bucket's level is 1. Undefined: just below a target. */
  readonly tableLevel: number | undefined;
}

/** Reads a crawler of a template. Throws on what has no stand-in, above all on changes to tables that are there. */
export function readCrawlerSettings(properties: Properties): CrawlerSettings {
  const { Role, DatabaseName, TablePrefix = '', Targets, SchemaChangePolicy, Configuration } = properties;
  const { S3Targets = [], ...others } = (Targets ?? {}) as {
    readonly S3Targets?: readonly { readonly Path?: string; readonly Exclusions?: readonly string[] }[];
    readonly [kind: string]: unknown;
  };
  if (Object.keys(others).length > 0) throw new Error(`crawlers read S3 here, not ${Object.keys(others).join(', ')}`);
  const { UpdateBehavior = 'UPDATE_IN_DATABASE', DeleteBehavior = 'DEPRECATE_IN_DATABASE' } = (SchemaChangePolicy ??
    {}) as { readonly UpdateBehavior?: string; readonly DeleteBehavior?: string };
  if (UpdateBehavior !== 'LOG' || DeleteBehavior !== 'LOG')
    throw new Error(`crawlers log changes here; ${UpdateBehavior} and ${DeleteBehavior} have no stand-in`);
  const { Grouping } = (Configuration === undefined ? {} : JSON.parse(String(Configuration))) as {
    readonly Grouping?: { readonly TableLevelConfiguration?: number };
  };
  return {
    roleArn: String(Role),
    database: String(DatabaseName),
    tablePrefix: String(TablePrefix),
    targets: S3Targets.map(({ Path = '', Exclusions = [] }) => readTarget(Path, Exclusions)),
    tableLevel: Grouping?.TableLevelConfiguration,
  };
}

function readTarget(path: string, exclusions: readonly string[]): CrawlTarget {
  const [, bucket = '', folder = ''] = /^(?:s3:\/\/)?([^/]+)\/?(.*)$/.exec(path) ?? [];
  if (bucket === '') throw new Error(`a crawler's target is no S3 path: ${path}`);
  const patterns = exclusions.map(globPattern);
  return {
    bucket,
    prefix: folder === '' || folder.endsWith('/') ? folder : `${folder}/`,
    excludes: (key) => patterns.some((pattern) => pattern.test(key)),
  };
}

/** Glue's globs: `*` stays within a folder, `**` does not, `?` is one character, `{a,b}` one of several. */
function globPattern(glob: string): RegExp {
  let inBraces = false;
  const source = glob.replaceAll(/\*\*|[*?{},.+^$()|\\]/g, (part) => {
    if (part === '{' || part === '}') inBraces = part === '{';
    return globParts[part] ?? (part === ',' && inBraces ? '|' : `\\${part}`);
  });
  return new RegExp(`^${source}$`);
}

const globParts: Readonly<Record<string, string>> = { '**': '.*', '*': '[^/]*', '?': '[^/]', '{': '(?:', '}': ')' };
