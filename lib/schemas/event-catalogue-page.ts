import { columnType } from './column-type.ts';
import type { EventSchema, FieldSchema } from './event-schema.ts';
import { eventViewName } from './event-views.ts';
import { athenaType } from './lake-column.ts';
import type { EventCatalogue } from './read-event-catalogue.ts';

/** The catalogue of event types as Markdown, tables not yet aligned. */
export function eventCataloguePage({ schemas }: EventCatalogue): string {
  const types = Object.entries(schemas);
  return [
    '# Event catalogue',
    'Made by `npm run catalog` from the JSON Schemas in `config/events/`; edit those, and run it again.',
    'For each event type: who may send it, its fields, and what becomes of them in the lake. A field is a column of the ' +
      'table `events` under its own name, null in rows of types that do not declare it; the view `event_<type>` shows one ' +
      'type with its own columns and those of every event. Fields that no schema names stay in `event_data`. ' +
      '[How types change](event-contract.md#changing-event-types)',
    '## Event types',
    'Required fields are in bold.',
    table(['event_type', 'event_data'], types.map(indexRow)),
    ...types.flatMap(section),
  ].join('\n\n');
}

type DeclaredType = readonly [string, readonly EventSchema[]];

function indexRow([eventType, [newest]]: DeclaredType): string[] {
  const { properties = {}, required = [] } = newest ?? {};
  const fields = Object.keys(properties).map((name) => (required.includes(name) ? `**\`${name}\`**` : `\`${name}\``));
  return [`[\`${eventType}\`](#${anchor(eventType)})`, fields.join(', ')];
}

/** A heading as Markdown's readers make an anchor of it. */
const anchor = (heading: string): string => heading.toLowerCase().replaceAll(/[^a-z0-9_-]/g, '');

function section([eventType, versions]: DeclaredType): string[] {
  const [newest, ...older] = versions;
  if (!newest) return [];
  const roles = newest['x-roles'];
  const facts = [
    `View: \`${eventViewName(eventType)}\``,
    `Version: ${newest['x-version']}${older.length > 0 ? ` (older: ${older.map((schema) => schema['x-version']).join(', ')})` : ''}`,
    `Sent by: ${roles === undefined ? 'everybody' : roles.map((role) => `role \`${role}\``).join(', ')}`,
    ...(newest['x-required-envelope']
      ? [`Needs ${newest['x-required-envelope'].map((name) => `\`${name}\``).join(', ')}`]
      : []),
  ];
  const fields = fieldsOf(versions);
  return [
    `## ${eventType}`,
    `**${cell(newest.title)}**: ${cell(newest.description)}`,
    facts.join(' · '),
    fields.length === 0
      ? 'It declares no fields.'
      : table(['field', 'required', 'sent as', 'column', 'meaning'], fields.map(fieldRow)),
  ];
}

interface CataloguedField {
  readonly name: string;
  readonly field: FieldSchema;
  readonly isRequired: boolean;
  /** The newest version that declares it; undefined where that is the newest of all. */
  readonly lastVersion: string | undefined;
}

/** Fields of every version, the newest version's first. */
function fieldsOf(versions: readonly EventSchema[]): CataloguedField[] {
  const fields = new Map<string, CataloguedField>();
  for (const [at, { properties, required = [], 'x-version': version }] of versions.entries()) {
    for (const [name, field] of Object.entries(properties)) {
      const lastVersion = at === 0 ? undefined : version;
      if (!fields.has(name)) fields.set(name, { name, field, isRequired: required.includes(name), lastVersion });
    }
  }
  return [...fields.values()];
}

function fieldRow({ name, field, isRequired, lastVersion }: CataloguedField): string[] {
  const meaning = [
    cell(field.description),
    field['x-pii'] === true ? '(personal)' : '',
    field['x-stamped'] === true ? '(set by the pipeline)' : '',
    lastVersion === undefined ? '' : `(declared up to version ${lastVersion})`,
  ];
  return [
    `\`${name}\``,
    isRequired && lastVersion === undefined ? 'yes' : 'no',
    sentAs(field),
    `\`${athenaType(columnType(field))}\`${field.type === 'object' || field.type === 'array' ? ', JSON text' : ''}`,
    meaning.filter((part) => part !== '').join(' '),
  ];
}

function sentAs({ type, enum: values, minimum, maximum, multipleOf }: FieldSchema): string {
  const limits = [
    Array.isArray(values) ? `one of ${values.map((value) => `\`${cell(String(value))}\``).join(', ')}` : '',
    minimum === undefined ? '' : `from ${String(minimum)}`,
    maximum === undefined ? '' : `to ${String(maximum)}`,
    multipleOf === undefined ? '' : `in steps of ${String(multipleOf)}`,
  ].filter((limit) => limit !== '');
  return [type, ...limits].join(' ');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** Text that stays in its cell, and is no markup. */
const cell = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\\|*<`[\]]/g, (sign) => (sign === '<' ? '&lt;' : `\\${sign}`))
    .trim();
