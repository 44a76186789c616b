import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { decimalDigits, decimalPlaces } from './column-type.ts';
import type { EventSchema, FieldSchema } from './event-schema.ts';
import { fieldTypes, ownKeywords, requirableFields } from './event-schema.ts';
import { eventsPartitionKeys } from './events-table.ts';
import { linearPatterns } from './linear-patterns.ts';
import { personalFieldProblems } from './personal-field-problems.ts';
import { ingestDate, rawEventColumns } from './raw-events.ts';
import { reservedWords } from './reserved-words.ts';

/** Where a schema stands: its event type and, for an older version, the version that its file is named after. */
export interface SchemaPlace {
  readonly eventType: string;
  readonly version: string | undefined;
}

/** Fields become columns of the events table, where these names are taken; each with the file that takes it. */
const takenNames = new Map<string, string>([
  ...eventsPartitionKeys.map(({ name }) => [name, 'lib/schemas/events-table.ts'] as const),
  ...[...rawEventColumns, ingestDate].map(({ name }) => [name, 'lib/schemas/raw-events.ts'] as const),
]);

/** Keywords that say elsewhere, or in several ways, what a field is; a column has one type. */
const unsupported = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'then', 'else'] as const;

/** Keywords that declare fields beside `properties`, or close the list of fields. */
const unsupportedAtRoot = [
  ...unsupported,
  'dependentSchemas',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
] as const;

const text = z.string().trim().min(1);

const fieldType = z.enum(fieldTypes, {
  error: ({ input }) =>
    `is ${JSON.stringify(input) ?? 'missing'}; a field has one type (null counts as absent anyway): ${fieldTypes.join(', ')}`,
});

const onlyTrue = z.literal(true, { error: 'is true or left out' }).optional();

const field = z.looseObject({
  type: fieldType,
  description: text,
  'x-pii': onlyTrue,
  'x-digest': text.optional(),
  'x-stamped': onlyTrue,
});

const eventSchema = z.looseObject({
  $schema: z.literal('https://json-schema.org/draft/2020-12/schema'),
  $id: text,
  title: text,
  description: text,
  'x-version': z.string().regex(/^\d+\.\d+\.\d+$/),
  'x-roles': z.array(text).min(1).optional(),
  'x-required-envelope': z
    .array(z.enum(requirableFields, { error: `names what is optional otherwise: ${requirableFields.join(', ')}` }))
    .min(1)
    .optional(),
  type: z.literal('object'),
  properties: z.record(
    z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, {
      error: 'is no name of a column: lower-case letters, digits and _, at most 63, a letter first',
    }),
    field,
  ),
  required: z.array(z.string()).optional(),
  additionalProperties: z
    .literal(true, { error: 'must be true or absent: fields that no schema names are allowed and kept in event_data' })
    .optional(),
});

// A keyword of another type (a minimum of a text) is a mistake, and not only worth a warning.
const ajv = new Ajv2020({ allErrors: true, strictTypes: true, code: { regExp: linearPatterns } });
ajv.addVocabulary([...ownKeywords]);

/** What keeps a JSON value from being the event schema of its place; empty for a usable one. */
export function eventSchemaProblems(value: unknown, place: SchemaPlace): string[] {
  const constructs = constructProblems(value);
  const shape = eventSchema.safeParse(value);
  if (!shape.success) return [...constructs, ...shape.error.issues.flatMap(describeIssue)];
  if (constructs.length > 0) return constructs;
  const schema = shape.data as EventSchema;
  return [
    ...jsonSchemaProblems(schema),
    ...nameProblems(schema, place),
    ...fieldProblems(schema),
    ...uniquenessProblems(schema.properties, 'properties'),
    ...personalFieldProblems(schema),
  ];
}

function describeIssue({ path, message, ...issue }: z.core.$ZodIssue): string[] {
  const at = path.join('.') || 'the file';
  // A refused name of a field: what is wrong with it stands one level below.
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => `${at} ${inner.message}`);
  return [`${at}: ${message}`];
}

function constructProblems(value: unknown): string[] {
  const { properties } = isRecord(value) ? value : {};
  const fields = isRecord(properties) ? Object.entries(properties) : [];
  return [
    ...found(value, unsupportedAtRoot).map(
      (keyword) => `${keyword} is not supported: every field stands in properties, with its type`,
    ),
    ...fields.flatMap(([name, declared]) =>
      found(declared, unsupported).map(
        (keyword) => `properties.${name}: ${keyword} is not supported: the field's column has the one type it names`,
      ),
    ),
  ];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const found = (value: unknown, keywords: readonly string[]): readonly string[] =>
  isRecord(value) ? keywords.filter((keyword) => Object.hasOwn(value, keyword)) : [];

function jsonSchemaProblems(schema: EventSchema): string[] {
  if (!ajv.validateSchema(schema)) return (ajv.errors ?? []).map((error) => `${error.instancePath}: ${error.message}`);
  try {
    // Compiling finds what the meta-schema cannot: unknown keywords, patterns that are no regular expressions.
    ajv.removeSchema(schema.$id).compile(schema);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Items that are compared with each other, each with each. */
const maxUniqueItems = 1_000;

/** A sender may put tens of thousands of items into `event_data`; comparing each with each would take seconds. */
function uniquenessProblems(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => uniquenessProblems(item, `${path}.${at}`));
  if (!isRecord(value)) return [];
  const { uniqueItems, maxItems } = value;
  const isBounded = typeof maxItems === 'number' && maxItems <= maxUniqueItems;
  const own =
    uniqueItems === true && !isBounded
      ? [`${path} has uniqueItems and needs a maxItems of at most ${maxUniqueItems}`]
      : [];
  return [...own, ...Object.entries(value).flatMap(([name, one]) => uniquenessProblems(one, `${path}.${name}`))];
}

function nameProblems(schema: EventSchema, { eventType, version }: SchemaPlace): string[] {
  const problems: string[] = [];
  if (!/^[A-Za-z0-9\-_.]{1,128}$/.test(eventType)) problems.push(`${eventType} cannot be an event_type`);
  const id = `playlake:${eventType}:${schema['x-version']}`;
  if (schema.$id !== id) problems.push(`$id is ${schema.$id}; by the file's name and x-version it must be ${id}`);
  if (version !== undefined && version !== schema['x-version']) {
    problems.push(`x-version is ${schema['x-version']}; the file is named after ${version}`);
  }
  return problems;
}

function fieldProblems({ properties, required = [] }: EventSchema): string[] {
  const undeclared = required.filter((name) => !Object.hasOwn(properties, name));
  const fields = Object.entries(properties);
  return [
    ...undeclared.map((name) => `${name} is required but not declared`),
    ...fields.flatMap(([name]) => fieldNameProblems(name)),
    ...fields.flatMap(([name, declared]) => boundProblems(name, declared)),
  ];
}

function fieldNameProblems(name: string): string[] {
  const takenBy = takenNames.get(name);
  if (takenBy !== undefined) return [`${name} is a column of every event already (${takenBy})`];
  return reservedWords.has(name)
    ? [`${name} is a reserved word of SQL (lib/schemas/reserved-words.ts): give the field another name`]
    : [];
}

/** A column holds a fixed number of digits, so whole numbers and decimals say how far they go. */
function boundProblems(name: string, { type, minimum, maximum, multipleOf }: FieldSchema): string[] {
  if (type === 'integer') {
    const isBounded = Number.isSafeInteger(minimum) && Number.isSafeInteger(maximum);
    return isBounded ? [] : [`${name} needs a minimum and a maximum: its column holds 64 bits`];
  }
  if (type !== 'number' || typeof multipleOf !== 'number') return [];
  const places = decimalPlaces(multipleOf);
  const column = `its column is a decimal(${decimalDigits},${places})`;
  if (places > decimalDigits) return [`${name} has too many places (multipleOf): at most ${decimalDigits}`];
  if (typeof minimum !== 'number' || typeof maximum !== 'number') {
    return [`${name} has a multipleOf and needs a minimum and a maximum: ${column}`];
  }
  const limit = 10 ** (decimalDigits - places);
  return Math.max(Math.abs(minimum), Math.abs(maximum)) < limit
    ? []
    : [`${name} has bounds that do not fit: ${column}, which holds less than ${limit}`];
}
