import { InvalidParameter, toLiteral } from '../../lib/queries/literals.ts';
import { InvalidRequest } from '../shared/http/errors.ts';
import type { Reader } from './check-caller.ts';
import type { Report } from './report.ts';

type Query = Readonly<Record<string, readonly string[]>>;

/** Names in the query string that are no parameters of a report. */
export const reservedNames = ['report', 'limit', 'wait'] as const;

/** How an answer is to be given. */
export interface AnswerOptions {
  /** Most rows of one answer. */
  readonly limit: number;
  /** Seconds to wait for a result before the answer is a link to it. */
  readonly waitSeconds: number;
}

/** Rows of one answer: they have to fit into the 6 MB that a function may answer, as Parquet in base64 as well. */
const mostRows = 1_000;

/** The gateway gives up after 29 seconds, of which a cold start, the rows and the way back need some. */
const mostSeconds = 20;

/** Characters of one of Athena's execution parameters. */
const mostCharacters = 1_024;

/**
 * The single value of every name in a query string.
 * @throws InvalidRequest for a name that is given more than once: which of its values counts would be anybody's guess
 */
export function singleValues(query: Query): Readonly<Record<string, string>> {
  const repeated = Object.entries(query).find(([, values]) => values.length !== 1);
  if (repeated) throw new InvalidRequest(`${quote(repeated[0])} is given ${repeated[1].length} times; once is allowed`);
  return Object.fromEntries(Object.entries(query).map(([name, [value = '']]) => [name, value]));
}

/**
 * How the caller wants the answer: `limit` and `wait`.
 * @throws InvalidRequest
 */
export function answerOptions({ limit, wait }: Readonly<Record<string, string>>): AnswerOptions {
  return {
    limit: wholeNumber('limit', limit, [1, mostRows], mostRows),
    waitSeconds: wholeNumber('wait', wait, [0, mostSeconds], mostSeconds),
  };
}

/**
 * The values with which a report runs: what the caller gives, and of a studio's report the studio of the token.
 * @throws InvalidRequest for a parameter that the report does not have, one that is missing, or a value not of its type
 */
export function reportValues(
  report: Report,
  reader: Reader,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const name of Object.keys(given).filter((one) => !reservedNames.some((reserved) => reserved === one))) {
    const parameter = report.parameters.find((one) => one.name === name);
    if (parameter?.bound) throw new InvalidRequest(`${name} is not given: it is the one of the token`);
    if (!parameter) throw new InvalidRequest(`${report.name} has no parameter ${quote(name)}; ${known(report)}`);
    values[name] = given[name]!;
  }
  for (const { name, type, default: fallback, bound } of report.parameters) {
    if (bound) values[name] = boundValue(report, name, reader);
    const value = values[name];
    if (value !== undefined) checkValue(name, type, value);
    else if (fallback === undefined) throw new InvalidRequest(`${report.name} needs the parameter ${name} (${type})`);
  }
  return values;
}

function known({ parameters }: Report): string {
  const names = new Set(parameters.filter(({ bound }) => !bound).map(({ name }) => name));
  return names.size === 0 ? 'it has none' : `it has ${[...names].join(', ')}`;
}

/** A report with any other bound parameter, or one that runs for nobody in particular, is a mistake of ours. */
function boundValue(report: Report, name: string, { studioId }: Reader): string {
  if (name !== 'studio_id' || studioId === undefined) throw new Error(`${report.name}: nothing binds ${name}`);
  return studioId;
}

function checkValue(name: string, type: Report['parameters'][number]['type'], value: string): void {
  try {
    const { length } = toLiteral(type, value);
    if (length > mostCharacters) {
      throw new InvalidRequest(`${name} takes ${length} characters in SQL; ${mostCharacters} are allowed`);
    }
  } catch (error) {
    if (error instanceof InvalidParameter) throw new InvalidRequest(`${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

function wholeNumber(
  name: string,
  text: string | undefined,
  [least, most]: readonly [number, number],
  otherwise: number,
): number {
  if (text === undefined) return otherwise;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new InvalidRequest(`${name} is ${quote(text)}; a whole number from ${least} to ${most} is allowed`);
}

const quote = (text: string): string => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
