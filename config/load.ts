import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { pipelineConfig, type PipelineConfig } from './schema.ts';

/** A configuration file that cannot be used; the message lists every problem with its path. */
export class InvalidConfig extends Error {
  override readonly name = 'InvalidConfig';
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    super(`${source} has ${count}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Reads a YAML file of settings. Throws `InvalidConfig` with all problems at once. */
export function loadConfig(path: string): PipelineConfig {
  const document = parseDocument(readText(path), { prettyErrors: true });
  if (document.errors.length > 0) {
    throw new InvalidConfig(
      path,
      document.errors.map(({ message }) => message.trimEnd().replaceAll('\n', '\n  ')),
    );
  }
  return parseConfig(document.toJS(), path);
}

/** Checks settings that are already read; `source` names where they came from. Throws `InvalidConfig`. */
export function parseConfig(settings: unknown, source: string): PipelineConfig {
  const parsed = pipelineConfig.safeParse(settings ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new InvalidConfig(
    source,
    parsed.error.issues.flatMap((issue) => describeIssue(issue, settings)),
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`the configuration ${path} cannot be read`, { cause: error });
  }
}

type Issue = NonNullable<ReturnType<typeof pipelineConfig.safeParse>['error']>['issues'][number];

function describeIssue(issue: Issue, settings: unknown): readonly string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${key}: no such setting; config/schema.ts lists all of them`);
  }
  if (issue.path.length === 0) return ['the file must hold one setting a line, such as WORKLOAD_NAME: my-game'];
  return [`${formatPath(issue.path)}: ${describeValue(valueAt(settings, issue.path))}; ${issue.message}`];
}

const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');

function valueAt(settings: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    settings,
  );
}

const describeValue = (value: unknown): string =>
  value === undefined ? 'nothing given' : `${JSON.stringify(value)} given`;
