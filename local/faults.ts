/** What the runtime is about to write when a fault may strike. */
export type WrittenThing = 'journal' | 'buffer' | 'parquet' | 'object';

/**
 * Faults that a test injects, by what it passes to `startLocal`. No flag and no variable of a released program sets any.
 * Each is called before the thing itself happens, and throws what the disk or the service would.
 */
export interface Faults {
  /** `path` is the file, or the one that a file is about to become. */
  readonly beforeWrite?: (what: WrittenThing, path: string) => void;
  /** Before DynamoDB is asked, by name of the operation. */
  readonly beforeTableCall?: (operation: string) => void;
}
