import { WarehouseError } from '../engine.ts';
import { unquoted } from '../sql-text.ts';

/** A COPY of Parquet files from S3. */
export interface CopyStatement {
  /** As SQL writes it. */
  readonly table: string;
  /** As SQL writes them; empty for all columns. */
  readonly columns: readonly string[];
  /** `s3://` address of a manifest, or the beginning of the files' addresses. */
  readonly from: string;
  readonly isManifest: boolean;
  /** ARN, or `default`. */
  readonly role: string;
  /** Nested values go into SUPER columns. */
  readonly serializesToJson: boolean;
  /** Columns that a file lacks at its end are null. */
  readonly fillsRecords: boolean;
}

const NAME = String.raw`(?:"(?:[^"]|"")+"|[\w$]+)`;
const STRING = String.raw`'(?:[^']|'')*'`;
const HEAD = new RegExp(String.raw`^COPY (${NAME}(?:\.${NAME})?) ?(?:\(([^)]*)\))? ?FROM (${STRING})(.*)$`, 'is');
const OPTION = new RegExp(
  String.raw`^\s*(?:IAM_ROLE (?:AS )?(${STRING}|DEFAULT)|(?:FORMAT (?:AS )?)?(PARQUET)|(SERIALIZETOJSON)|(MANIFEST)|(FILLRECORD)|REGION (?:AS )?(${STRING}))(?=\s|$)`,
  'i',
);

/** Reads a COPY, its white space already plain; undefined for another statement. Throws WarehouseError. */
export function parseCopy(text: string): CopyStatement | undefined {
  if (!/^COPY\b/i.test(text)) return undefined;
  const [, table, columns, from, rest = ''] = HEAD.exec(text) ?? [];
  if (table === undefined || from === undefined) throw syntaxError(text.slice(0, 60));
  let left = rest;
  let role: string | undefined;
  const found = { isParquet: false, serializesToJson: false, isManifest: false, fillsRecords: false };
  while (left.trim() !== '') {
    const option = OPTION.exec(left);
    if (!option) throw syntaxError(left.trim().slice(0, 60));
    const [whole, iamRole, parquet, json, manifest, fill] = option;
    if (iamRole !== undefined) role = iamRole.startsWith("'") ? unquoted(iamRole) : 'default';
    if (parquet !== undefined) found.isParquet = true;
    if (json !== undefined) found.serializesToJson = true;
    if (manifest !== undefined) found.isManifest = true;
    if (fill !== undefined) found.fillsRecords = true;
    left = left.slice(whole.length);
  }
  if (role === undefined) throw new WarehouseError('COPY needs credentials: IAM_ROLE', { code: '42601' });
  const { isParquet, ...options } = found;
  if (!isParquet) throw new WarehouseError('only FORMAT AS PARQUET is copied here', { code: '0A000' });
  const list = columns?.split(',').map((column) => column.trim()) ?? [];
  return { table, columns: list, from: unquoted(from), role, ...options };
}

function syntaxError(near: string): WarehouseError {
  return new WarehouseError(`syntax error in COPY at or near "${near}"`, { code: '42601' });
}
