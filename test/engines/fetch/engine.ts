/** A program from elsewhere that the engine suites hold this project against. */
export interface Engine {
  /** As printed, e.g. `Apache Velocity`. */
  readonly name: string;
  readonly version: string;
  /** Folder of its suites below test/engines; also its folder in the cache. */
  readonly folder: string;
  /** Where what it fetches comes from, as its client names it. */
  readonly source: string;
  /** Files of this repository that say what is fetched: when one changes, the engine is fetched anew. */
  readonly definedBy?: readonly string[];
  /** Set where the machine's own copy is used: then it is looked for each time, and nothing is kept in the cache. */
  readonly ownedByMachine?: boolean;
  /**
   * Puts everything the suites need into `directory`, which is empty at the start. Rejects with `DownloadFailed` where a
   * download failed for good, with any other error where the machine lacks something.
   */
  fetch(directory: string): Promise<void>;
}
