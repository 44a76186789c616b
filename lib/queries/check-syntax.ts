import { TrinoSQL } from 'dt-sql-parser/dist/parser/trino';

const trino = new TrinoSQL();

/** What a grammar of Trino's SQL has against a text: it knows no `::`, QUALIFY, EXCLUDE, GROUP BY ALL or trailing comma. */
export function checkSyntax(sql: string): string[] {
  return trino
    .validate(sql)
    .map(({ startLine, startColumn, message }) => `line ${startLine}:${startColumn}: ${message}`);
}
