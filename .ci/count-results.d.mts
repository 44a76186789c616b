/** Sums the vitest JSON reports of a folder and those below it. */
export function countResults(folder: string): { passed: number; failed: number; skipped: number };
