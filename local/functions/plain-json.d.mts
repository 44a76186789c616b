/** @see plain-json.mjs */
export function isBetterCopied(value: unknown, mostBytes: number): boolean;
