import { Dialect } from './sql-sdk.ts';
import { countParameterMarks, replaceParameterMarks } from './read-query.ts';
import { isRecord, nameOf, parseExpression, SqlSyntaxError, visit, writeSql } from './sql-tree.ts';

/**
 * Puts execution parameters in the place of the `?`, as Athena does: each is an SQL expression, not a bound string.
 * Throws SqlSyntaxError where there are more or fewer than `?`, or where one is no constant: a word without its quotes
 * is a column, and there is none.
 */
export function bindParameters(sql: string, parameters: readonly string[]): string {
  const marks = countParameterMarks(sql);
  if (marks !== parameters.length) {
    throw new SqlSyntaxError(`Incorrect number of parameters: expected ${marks} but found ${parameters.length}`);
  }
  const constants = parameters.map(parseConstant);
  return replaceParameterMarks(sql, (index) => `(${constants[index]})`);
}

function parseConstant(parameter: string): string {
  const expression = parseExpression(parameter);
  visit(expression, (kind, body) => {
    if (kind === 'column') {
      const name = isRecord(body) ? nameOf(body.name) : undefined;
      throw new SqlSyntaxError(`Column '${name ?? parameter}' cannot be resolved`);
    }
    if (kind === 'select' || kind === 'subquery' || kind === 'placeholder') {
      throw new SqlSyntaxError(`the parameter ${parameter} is no constant`);
    }
  });
  return writeSql(expression, Dialect.Trino);
}
