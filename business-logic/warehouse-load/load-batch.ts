import { inBatches } from '../shared/in-batches.ts';
import { fillStatement, type WarehouseLoad } from '../shared/warehouse-statements.ts';

/** The Data API takes 100 kB as one statement; the rest is for the text around the keys. */
const maxKeyBytes = 90_000;

/** The Data API takes so many statements as one transaction. */
const maxStatements = 40;

export interface BatchValues {
  readonly roleArn: string;
  /** `s3://` address of the list of files. */
  readonly manifest: string;
  /** Keys of those files. */
  readonly files: readonly string[];
}

/** The statements of one load, a transaction together: what names every file is said several times, each for some of them. */
export function loadBatch(
  { statements }: Pick<WarehouseLoad, 'statements'>,
  { roleArn, manifest, files }: BatchValues,
): readonly string[] {
  return statements.flatMap((text) => {
    const fill = (FILES: readonly string[]) => fillStatement(text, { ROLE_ARN: roleArn, MANIFEST: manifest, FILES });
    return text.includes('${FILES}') ? keysPerStatement(files).map(fill) : [fill(files)];
  });
}

/** Files in batches that one transaction can name, in their order. */
export function batchesOf(
  { statements }: Pick<WarehouseLoad, 'statements'>,
  keys: readonly string[],
): readonly string[][] {
  const naming = statements.filter((text) => text.includes('${FILES}')).length;
  const portions = Math.floor((maxStatements - (statements.length - naming)) / naming);
  return inBatches(keysPerStatement(keys), portions).map((some) => some.flat());
}

/** Keys in portions that one statement can name. */
export function keysPerStatement(keys: readonly string[]): readonly (readonly string[])[] {
  const portions: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const key of keys) {
    // Two quotes, a comma, a blank.
    const size = Buffer.byteLength(key) + 4;
    if (bytes + size > maxKeyBytes) {
      portions.push([]);
      bytes = 0;
    }
    portions.at(-1)!.push(key);
    bytes += size;
  }
  return portions;
}
