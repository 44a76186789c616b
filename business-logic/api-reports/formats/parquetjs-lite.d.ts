/** As far as it is used here and in tests; the package has no types of its own. */
declare module 'parquetjs-lite' {
  import type { Writable } from 'node:stream';

  export type ParquetType = 'BOOLEAN' | 'DATE' | 'DOUBLE' | 'INT64' | 'TIMESTAMP_MILLIS' | 'UTF8';

  export interface ParquetField {
    readonly type: ParquetType;
    readonly optional?: boolean;
    readonly compression?: 'SNAPPY' | 'UNCOMPRESSED';
  }

  export class ParquetSchema {
    readonly fields: object;
    constructor(fields: Readonly<Record<string, ParquetField>>);
  }

  export class ParquetWriter {
    static openStream(
      schema: ParquetSchema,
      output: Writable,
      options?: { readonly useDataPageV2?: boolean },
    ): Promise<ParquetWriter>;
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>;
    /** Writes what is left and the footer, and ends the stream. */
    close(): Promise<void>;
  }

  export interface ParquetCursor {
    /** The next row, null behind the last. */
    next(): Promise<Record<string, unknown> | null>;
  }

  export class ParquetReader {
    static openFile(path: string): Promise<ParquetReader>;
    /** Reads these columns, each named by its path. */
    getCursor(columns: readonly (readonly string[])[]): ParquetCursor;
    close(): Promise<void>;
  }
}
