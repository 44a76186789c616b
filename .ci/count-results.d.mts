/** Sums the vitest JSON reports of a folder and those below it. */
export function countResults(folder: string): { passed: number; failed: number; skipped: number };

/** The failed tests in those reports, each with its file and the beginning of its message. */
export function describeFailures(folder: string): string[];
