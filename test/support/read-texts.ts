import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** What every file of a folder and those below it says, by its path in the folder: Parquet as JSON, others as they are. */
export async function readTexts(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const texts = new Map<string, string>();
    for (const file of files) {
      const read = async () => {
        const rows = await connection.runAndReadAll(
          `SELECT to_json(r)::VARCHAR FROM read_parquet('${file.replaceAll("'", "''")}', hive_partitioning = false) AS r`,
        );
        return rows.getRows().flat().join('\n');
      };
      texts.set(file.slice(folder.length + 1), file.endsWith('.parquet') ? await read() : await readFile(file, 'utf8'));
    }
    return texts;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
