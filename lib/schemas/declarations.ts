import type { EventSchema, EventSchemas, FieldSchema } from './event-schema.ts';

const schemaKeywords = ['$id', 'x-version', 'x-roles', 'x-required-envelope'] as const;
const fieldKeywords = ['x-pii', 'x-digest', 'x-stamped'] as const;

/** What a version of an event type declares beside what its values have to be. */
export type EventDeclaration = Pick<EventSchema, (typeof schemaKeywords)[number]> & {
  readonly properties: Readonly<Record<string, Pick<FieldSchema, (typeof fieldKeywords)[number]>>>;
};

/** Every declared event type with its versions, the newest first. */
export type Declarations<Declared extends EventDeclaration = EventDeclaration> = Readonly<
  Record<string, readonly Declared[]>
>;

/** What the transform needs of the schemas beside their validators. */
export const declarationsOf = (schemas: EventSchemas): Declarations =>
  Object.fromEntries(Object.entries(schemas).map(([type, versions]) => [type, versions.map(declarationOf)]));

function declarationOf(schema: EventSchema): EventDeclaration {
  const fields = Object.entries(schema.properties).map(([name, field]) => [name, only(field, fieldKeywords)] as const);
  return { ...only(schema, schemaKeywords), properties: Object.fromEntries(fields) };
}

/** The members of these names, as far as there are any. */
const only = <Part extends object, Name extends keyof Part>(part: Part, names: readonly Name[]): Pick<Part, Name> =>
  Object.fromEntries(names.flatMap((name) => (part[name] === undefined ? [] : [[name, part[name]]]))) as Pick<
    Part,
    Name
  >;
