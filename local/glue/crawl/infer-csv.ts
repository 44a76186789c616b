import type { GlueColumn } from '../../runtime.ts';

export interface InferredCsv {
  readonly columns: readonly GlueColumn[];
  readonly delimiter: string;
  readonly hasHeader: boolean;
}

/** The delimiters that Glue's classifier knows, in the order in which it tries them. */
const DELIMITERS = [',', '|', '\t', ';', '\u0001'];

/**
 * Reads lines as Glue's own CSV classifier does: at least two columns and two rows, no quoting, and a first row that is
 * a header if all its cells are names while a later row has something that is no text. A text says why it is no CSV.
 */
export function inferCsv(lines: readonly string[]): InferredCsv | string {
  const delimiter = DELIMITERS.find((one) => isTable(lines, one));
  if (delimiter === undefined) return 'the text has no two rows of the same two or more columns';
  const rows = lines.map((line) => line.split(delimiter));
  const [first = [], ...rest] = rows;
  const types = typesOf(rest, first.length);
  const hasHeader = first.every(isName) && types.some((type) => type !== 'string');
  const columns = first.map((cell, index) => ({
    Name: hasHeader ? cell.trim().toLowerCase() : `col${index}`,
    Type: (hasHeader ? types : typesOf(rows, first.length))[index] ?? 'string',
  }));
  return { columns, delimiter, hasHeader };
}

function isTable(lines: readonly string[], delimiter: string): boolean {
  const width = lines[0]?.split(delimiter).length ?? 0;
  return lines.length >= 2 && width >= 2 && lines.slice(1).every((line) => line.split(delimiter).length >= width);
}

function isName(cell: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_ .-]{0,148}$/.test(cell.trim());
}

function typesOf(rows: readonly (readonly string[])[], width: number): readonly string[] {
  return Array.from({ length: width }, (_, index) => {
    const cells = rows.map((row) => row[index]?.trim() ?? '').filter((cell) => cell !== '');
    if (cells.length === 0) return 'string';
    if (cells.every((cell) => /^[-+]?\d{1,18}$/.test(cell))) return 'bigint';
    if (cells.every((cell) => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(cell))) return 'double';
    return 'string';
  });
}
