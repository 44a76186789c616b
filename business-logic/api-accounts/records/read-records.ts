import * as z from 'zod';
import { InvalidRequest } from '../../shared/http/errors.ts';
import { maxRecords } from './fields.ts';

/** What is wrong with one record: where in it, and why. The record's values are not told: they may be personal. */
export interface RecordProblem {
  /** The record's place in the list, from 0. */
  readonly index: number;
  /** `games.0.game_id`; empty for the record as a whole. */
  readonly field: string;
  readonly message: string;
}

/** Problems told in one answer. */
const maxProblems = 50;

/** The records of a body, which is one or a list of them, and all that is wrong with them. */
export function checkRecords<Record>(
  schema: z.ZodType<Record>,
  body: unknown,
): { readonly records: readonly Record[]; readonly problems: readonly RecordProblem[] } {
  const checked = (Array.isArray(body) ? (body as unknown[]) : [body]).map((one) => schema.safeParse(one));
  return {
    records: checked.flatMap(({ data }) => (data === undefined ? [] : [data])),
    problems: checked.flatMap(({ error }, index) =>
      (error?.issues ?? []).map(({ path, message }) => ({ index, field: path.map(String).join('.'), message })),
    ),
  };
}

/**
 * The records of a body.
 * @throws InvalidRequest naming each bad record by its index and fields; a bad one spoils all
 */
export function readRecords<Record>(schema: z.ZodType<Record>, body: unknown): readonly Record[] {
  if (body === undefined) throw new InvalidRequest('the body is missing');
  if (Array.isArray(body) && (body.length === 0 || body.length > maxRecords)) {
    throw new InvalidRequest(`a list holds 1 to ${maxRecords} records, this one ${body.length}`);
  }
  const { records, problems } = checkRecords(schema, body);
  if (problems.length === 0) return records;
  const told = problems.slice(0, maxProblems).map(describeProblem);
  const rest = problems.length - told.length;
  throw new InvalidRequest([...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; '));
}

function describeProblem({ index, field, message }: RecordProblem): string {
  return `record ${index}${field === '' ? '' : `, ${field}`}: ${message}`;
}
