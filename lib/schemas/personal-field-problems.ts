import type { EventSchema, FieldSchema } from './event-schema.ts';

/** What keeps a schema's personal fields from being encrypted, and its stamped fields from being stamped. */
export function personalFieldProblems(schema: EventSchema): string[] {
  const fields = Object.entries(schema.properties);
  const problems = fields.flatMap(([name, declared]) => [
    ...personalProblems(name, declared, schema),
    ...stampedProblems(name, declared, schema),
  ]);
  const isAnyPersonal = fields.some(([, declared]) => declared['x-pii'] === true);
  if (isAnyPersonal && !schema['x-required-envelope']?.includes('player_id')) {
    problems.push('x-required-envelope must name player_id: personal fields are encrypted under a key of the player');
  }
  return problems;
}

function personalProblems(name: string, declared: FieldSchema, { properties }: EventSchema): string[] {
  const { type, 'x-pii': isPersonal, 'x-digest': digest } = declared;
  if (isPersonal !== true) return digest === undefined ? [] : [`${name} has an x-digest and is not personal (x-pii)`];

  const problems: string[] = [];
  if (type !== 'string') problems.push(`${name} is personal and must be a string: its column holds the ciphertext`);
  const stamped = digest !== undefined && Object.hasOwn(properties, digest) ? properties[digest] : undefined;
  if (digest !== undefined && stamped?.['x-stamped'] !== true) {
    problems.push(`${name} has the x-digest ${digest}, which is no field with "x-stamped": true`);
  }
  return problems;
}

function stampedProblems(name: string, declared: FieldSchema, { properties, required = [] }: EventSchema): string[] {
  if (declared['x-stamped'] !== true) return [];

  const problems: string[] = [];
  if (declared.type !== 'string') problems.push(`${name} is stamped with a digest and must be a string`);
  if (declared['x-pii'] === true) problems.push(`${name} is stamped and cannot be personal as well`);
  if (required.includes(name)) problems.push(`${name} is stamped: nobody can be required to send it`);
  const sources = Object.values(properties).filter(({ 'x-digest': digest }) => digest === name);
  if (sources.length !== 1) problems.push(`${name} is stamped: one field must name it as x-digest`);
  return problems;
}
