import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { columnType } from './column-type.ts';
import type { EventSchema, EventSchemas, FieldSchema } from './event-schema.ts';
import { eventSchemaProblems } from './event-schema-problems.ts';

/** A schema and the file it stands in. */
interface SchemaFile {
  readonly path: string;
  readonly eventType: string;
  /** From the file's name; undefined for the newest version, whose file is named after its type. */
  readonly version: string | undefined;
}

/**
 * Reads the event schemas of a folder: `<event_type>.json` holds the newest version, `<event_type>/<version>.json` the
 * older ones. The answer is sorted: types by name, versions from the newest.
 * @throws Error naming every problem of every file: not a JSON Schema, a name that differs from the file's, a field of a
 *   type that no column holds, one field with two types, a version twice or newer than the newest
 */
export function readEventSchemas(directory: string): EventSchemas {
  const problems: string[] = [];
  const schemas: Record<string, readonly EventSchema[]> = {};
  for (const eventType of eventTypesIn(directory)) {
    const versions = filesOf(directory, eventType).flatMap((file) => read(file, problems) ?? []);
    schemas[eventType] = versions;
    problems.push(...versionProblems(eventType, versions));
  }
  problems.push(...typeConflicts(directory, schemas));
  if (problems.length > 0) throw new Error(`event schemas in ${directory} are not usable:\n- ${problems.join('\n- ')}`);
  return schemas;
}

/** Every type that has a file or a folder; a folder without its file is then missing its newest version. */
function eventTypesIn(directory: string): string[] {
  const folders = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = [...jsonFilesIn(directory).map((file) => basename(file, '.json')), ...folders.map(({ name }) => name)];
  return Array.from(new Set(names)).toSorted();
}

function jsonFilesIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .toSorted();
}

function filesOf(directory: string, eventType: string): SchemaFile[] {
  const newest = { path: join(directory, `${eventType}.json`), eventType, version: undefined };
  const folder = join(directory, eventType);
  const older = existsSync(folder) ? jsonFilesIn(folder).map((file) => basename(file, '.json')) : [];
  return [
    newest,
    ...older
      .toSorted((left, right) => compareVersions(right, left))
      .map((version) => ({ path: join(folder, `${version}.json`), eventType, version })),
  ];
}

function read(file: SchemaFile, problems: string[]): EventSchema | undefined {
  const parsed = parse(file.path);
  const found = 'error' in parsed ? [parsed.error] : eventSchemaProblems(parsed.value, file);
  problems.push(...found.map((problem) => `${file.path}: ${problem}`));
  return found.length > 0 || 'error' in parsed ? undefined : (parsed.value as EventSchema);
}

function parse(path: string): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: JSON.parse(readFileSync(path, 'utf8')) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** An older version that is not older: the default would then not be the newest. */
function versionProblems(eventType: string, [newest, ...older]: readonly EventSchema[]): string[] {
  return older
    .filter((schema) => newest && compareVersions(schema['x-version'], newest['x-version']) >= 0)
    .map((schema) => `${eventType}: version ${schema['x-version']} is not older than ${newest?.['x-version']}`);
}

interface DeclaredField {
  readonly field: FieldSchema;
  readonly id: string;
  readonly path: string;
}

/** Fields are columns of one wide table, so a field has one type, and is personal or not, wherever it is declared. */
function typeConflicts(directory: string, schemas: EventSchemas): string[] {
  const problems: string[] = [];
  const first = new Map<string, DeclaredField>();
  for (const [eventType, versions] of Object.entries(schemas)) {
    for (const [at, { $id: id, properties, 'x-version': version }] of versions.entries()) {
      const path = join(directory, at === 0 ? `${eventType}.json` : join(eventType, `${version}.json`));
      for (const [name, field] of Object.entries(properties)) {
        const known = first.get(name);
        if (!known) first.set(name, { field, id, path });
        else if (!isSameType(known.field, field)) problems.push(describeConflict(name, { field, id, path }, known));
      }
    }
  }
  return problems;
}

const isSameType = (left: FieldSchema, right: FieldSchema): boolean =>
  left.type === right.type && columnType(left) === columnType(right) && isPersonal(left) === isPersonal(right);

const isPersonal = (field: FieldSchema): boolean => field['x-pii'] === true;

const describeConflict = (name: string, one: DeclaredField, other: DeclaredField): string =>
  `${name} is ${describeType(one.field)} in ${one.id} and ${describeType(other.field)} in ${other.id}: give one of them ` +
  `a name of its own, in ${one.path} or ${other.path}`;

function describeType(field: FieldSchema): string {
  const { type, multipleOf } = field;
  if (type === 'number' && multipleOf !== undefined) return `number in steps of ${String(multipleOf)}`;
  return isPersonal(field) ? `${type} and personal (x-pii)` : type;
}

/** By number, part by part: 1.10.0 comes after 1.9.0. */
function compareVersions(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
