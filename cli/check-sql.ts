import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkQuery } from '../lib/queries/check-query.ts';
import { lakeTables } from '../lib/queries/lake-tables.ts';
import { readQuery } from '../lib/queries/read-query.ts';
import { readEventCatalogue } from '../lib/schemas/read-event-catalogue.ts';

/** Checks every report and view; prints what is wrong and exits with 1 if anything is. */
const root = fileURLToPath(new URL('..', import.meta.url));
const folders = [
  { folder: 'athena-queries', kind: 'report' },
  { folder: 'lib/queries/views', kind: 'view' },
] as const;

const tables = lakeTables(readEventCatalogue());
let count = 0;
let faults = 0;
for (const { folder, kind } of folders) {
  for (const file of readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.sql'))
    .toSorted()) {
    count += 1;
    for (const fault of check(join(root, folder, file), kind)) {
      faults += 1;
      console.error(`${folder}/${file}: ${fault}`);
    }
  }
}
console.log(`${count} queries checked, ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;

function check(path: string, kind: 'report' | 'view'): string[] {
  try {
    return checkQuery(readQuery(path), { kind, tables });
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
