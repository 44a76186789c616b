import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RecordedColumn } from '../../lib/schemas/event-columns.ts';
import type { EventSchema } from '../../lib/schemas/event-schema.ts';
import type { EventSources } from '../../lib/schemas/read-event-catalogue.ts';

/** Event schemas and their record in a folder of their own, to be edited as one would edit the project's. */
export interface EventFolder extends EventSources {
  /** Where the page of event types would be. */
  readonly page: string;
  /** Writes a file of the schemas' folder; values as JSON, text as it stands. */
  write(name: string, content: unknown): void;
  /** Changes a schema in place. */
  edit(name: string, change: (schema: EventSchema) => unknown): void;
  remove(name: string): void;
  /** Records columns as given. */
  recordColumns(columns: readonly RecordedColumn[]): void;
}

/** A folder of these event schemas; goes with the run's other temporary files. */
export function anEventFolder(files: Readonly<Record<string, unknown>> = {}): EventFolder {
  const root = mkdtempSync(join(tmpdir(), 'playlake-schemas-'));
  const schemas = join(root, 'events');
  mkdirSync(schemas);
  const write = (name: string, content: unknown): void => {
    const path = join(schemas, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  const record = join(root, 'event-columns.json');
  return {
    schemas,
    record,
    page: join(root, 'event-catalogue.md'),
    write,
    edit: (name, change) => {
      write(name, change(JSON.parse(readFileSync(join(schemas, name), 'utf8')) as EventSchema));
    },
    remove: (name) => rmSync(join(schemas, name)),
    recordColumns: (columns) => {
      writeFileSync(record, JSON.stringify(columns.map(({ name, type }) => ({ name, type }))));
    },
  };
}

/** A copy of the project's event schemas and record; goes with the run's other temporary files. */
export function copyOfProjectEvents(): EventFolder {
  const folder = anEventFolder();
  cpSync('config/events', folder.schemas, { recursive: true });
  cpSync('config/event-columns.json', folder.record);
  return folder;
}

/** A usable event schema; a test names only what it is about. */
export const anEventSchema = (
  eventType: string,
  properties: Readonly<Record<string, object>>,
  changes: Readonly<Record<string, unknown>> = {},
): EventSchema => {
  const version = String(changes['x-version'] ?? '1.0.0');
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `playlake:${eventType}:${version}`,
    title: 'Jump',
    description: 'A player jumped.',
    'x-version': version,
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, field]) => [name, { description: `What ${name} means.`, ...field }]),
    ) as EventSchema['properties'],
    ...changes,
  };
};
