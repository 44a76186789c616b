import { readFile, writeFile } from 'node:fs/promises';

/**
 * What a process held in memory at most, in MiB, as the kernel counts it (VmHWM): since it began, or since `resetPeak`.
 * Linux only.
 */
export async function peakMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status says nothing of VmHWM`);
  return Math.round(Number(kilobytes) / 102.4) / 10;
}

/** Has the kernel count from what the process holds now. */
export async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}
