import { columnType } from './column-type.ts';
import type { EventSchemas, FieldSchema } from './event-schema.ts';
import type { GlueType, LakeColumn } from './lake-column.ts';

/** A column of the events table that holds one field of `event_data`. */
export interface TypedColumn extends LakeColumn {
  /** Event types that declare the field, in any of their versions; sorted. The column of other types is null. */
  readonly eventTypes: readonly string[];
}

/** A column that the events table was given once, in the order of the table. */
export interface RecordedColumn {
  readonly name: string;
  readonly type: GlueType;
}

/** Where the columns that were given are recorded; append-only, written by `npm run catalog`. */
export const columnRecord = 'config/event-columns.json';

/** Glue takes comments of one line and so many characters. */
const commentLength = 255;

/**
 * The typed columns of the events table, one for every field that any version of any event type declares: those of the
 * record in its order, then new ones by name.
 * @throws Error naming every recorded column that no schema declares any more, or with another type: stored files hold it
 */
export function eventColumns(schemas: EventSchemas, recorded: readonly RecordedColumn[] = []): readonly TypedColumn[] {
  const declared = declaredColumns(schemas);
  const problems = recorded.flatMap((column) => recordProblems(column, declared.get(column.name)));
  if (problems.length > 0) {
    throw new Error(`event schemas and ${columnRecord} do not agree:\n- ${problems.join('\n- ')}`);
  }
  const known = new Set(recorded.map(({ name }) => name));
  const added = [...declared.values()].filter(({ name }) => !known.has(name));
  return [
    ...recorded.map(({ name }) => declared.get(name)!.column),
    ...added.map(({ column }) => column).toSorted((left, right) => (left.name < right.name ? -1 : 1)),
  ];
}

interface DeclaredColumn {
  readonly name: string;
  readonly column: TypedColumn;
  /** `$id` of the schema that the column's type and comment come from. */
  readonly id: string;
}

function declaredColumns(schemas: EventSchemas): Map<string, DeclaredColumn> {
  const columns = new Map<string, DeclaredColumn>();
  for (const [eventType, versions] of Object.entries(schemas).toSorted(byName)) {
    for (const { $id: id, properties } of versions) {
      for (const [name, field] of Object.entries(properties)) {
        const known = columns.get(name) ?? { name, id, column: newColumn(name, field) };
        columns.set(name, { ...known, column: declaredBy(known.column, eventType) });
      }
    }
  }
  return columns;
}

const byName = ([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number =>
  left < right ? -1 : 1;

const newColumn = (name: string, field: FieldSchema): TypedColumn => ({
  name,
  type: columnType(field),
  comment: commentOf(field.description),
  eventTypes: [],
});

const declaredBy = (column: TypedColumn, eventType: string): TypedColumn =>
  column.eventTypes.includes(eventType) ? column : { ...column, eventTypes: [...column.eventTypes, eventType] };

function commentOf(description: string): string {
  const line = description.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  const characters = [...line];
  return characters.length <= commentLength ? line : `${characters.slice(0, commentLength - 1).join('')}…`;
}

function recordProblems({ name, type }: RecordedColumn, declared: DeclaredColumn | undefined): string[] {
  if (declared === undefined) {
    return [
      `${name} is a column (${type}) in ${columnRecord}, and no schema in config/events declares it: stored events ` +
        'hold it. Keep the version that declares it as config/events/<event_type>/<version>.json (only a column that was ' +
        'never deployed may be taken out of the record)',
    ];
  }
  const now = declared.column.type;
  return now === type
    ? []
    : [
        `${name} is ${type} in ${columnRecord} and ${now} in ${declared.id}: stored files keep their type. Keep the ` +
          'older version as config/events/<event_type>/<version>.json and give the changed field a new name',
      ];
}
