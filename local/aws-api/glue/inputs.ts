import { AwsError } from '../../runtime.ts';
import type { Catalog, GlueTable } from '../../runtime.ts';
import { pageOf } from '../pages.ts';
import type { AwsRequest } from '../protocol.ts';

type Input = Readonly<Record<string, unknown>>;

/** A name from the input, in lower case as Glue keeps it. Throws InvalidInputException where it is missing. */
export function nameInput(input: Input, field: string): string {
  const name = input[field];
  if (typeof name !== 'string' || name === '') throw new AwsError('InvalidInputException', `${field} is missing`);
  return name.toLowerCase();
}

/** A text as it was given. Throws InvalidInputException where it is missing. */
export function textInput(input: Input, field: string): string {
  const text = input[field];
  if (typeof text !== 'string' || text === '') throw new AwsError('InvalidInputException', `${field} is missing`);
  return text;
}

/** A map of texts, empty where it is missing. Throws InvalidInputException for anything else. */
export function textsInput(input: Input, field: string): Readonly<Record<string, string>> {
  const map = input[field] ?? {};
  const isMap = typeof map === 'object' && !Array.isArray(map);
  if (!isMap || !Object.values(map).every((value) => typeof value === 'string'))
    throw new AwsError('InvalidInputException', `${field} is no map of strings`);
  return map as Readonly<Record<string, string>>;
}

/** Most items of one list. */
const PAGE = 100;

/** One page of a list under the name that the answer has for it. */
export function listPage(name: string, items: readonly unknown[], input: Input): Record<string, unknown> {
  const size = Math.min(PAGE, Number(input.MaxResults ?? PAGE));
  const page = pageOf(items, { token: input.NextToken, size, error: 'InvalidInputException' });
  return { [name]: page.items, ...(page.nextToken !== undefined && { NextToken: page.nextToken }) };
}

export function listInput(value: unknown): readonly Input[] {
  const isList = Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null);
  if (!isList) throw new AwsError('InvalidInputException', 'a list is missing');
  return value as readonly Input[];
}

/** The table that a call names, if the caller may do this with it. */
export function findTable(catalog: Catalog, input: Input, request: AwsRequest, action: string): GlueTable {
  const database = nameInput(input, 'DatabaseName');
  const name = nameInput(input, 'TableName' in input ? 'TableName' : 'Name');
  request.authorize(`glue:${action}`, `table/${database}/${name}`);
  if (!catalog.databases().includes(database)) {
    throw new AwsError('EntityNotFoundException', `Database ${database} not found.`);
  }
  const table = catalog.table(database, name);
  if (!table) throw new AwsError('EntityNotFoundException', `Entity Not Found: table ${database}.${name}`);
  return table;
}
