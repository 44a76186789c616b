import { inject } from 'vitest';

let chosen: string | undefined;

/** Has the pipeline tests that this file imports from now on run another assembly than that of config/dev.yaml. */
export function useAssembly(dir: string): void {
  chosen = dir;
}

/** Folder of the assembly that pipeline tests run. */
export const assemblyDir = (): string => chosen ?? inject('assemblyDir');
