/** As far as tests use it; the package has no types of its own. */
declare module 'parquetjs-lite' {
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
