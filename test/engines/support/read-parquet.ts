import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { ParquetReader } from 'parquetjs-lite';

type Row = Record<string, unknown>;

/** All rows of a Parquet file, by hyparquet. */
export async function readWithHyparquet(path: string): Promise<Row[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
}

/** Text columns of a Parquet file, by parquetjs-lite, which reads no timestamps of ours. */
export async function readWithParquetjs(path: string, columns: readonly string[]): Promise<Row[]> {
  const reader = await ParquetReader.openFile(path);
  try {
    const rows: Row[] = [];
    const cursor = reader.getCursor(columns.map((column) => [column]));
    for (let row = await cursor.next(); row; row = await cursor.next()) rows.push(row);
    return rows;
  } finally {
    await reader.close();
  }
}
