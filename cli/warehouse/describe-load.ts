import type { MachineOutcome } from './run-machine.ts';

/** `loaded in 3.1 s: files 12, …; 3 files still wait`. */
export function describeLoad({ seconds, output }: MachineOutcome, left: number): string {
  const said = outputText(output);
  return `loaded in ${seconds.toFixed(1)} s${said && `: ${said}`}${left > 0 ? `; ${left} files still wait` : ''}`;
}

/** The numbers and texts of a machine's answer, one behind the other. */
function outputText(output: unknown): string {
  if (typeof output !== 'object' || output === null) return '';
  return Object.entries(output)
    .filter(([, value]) => ['number', 'string', 'boolean'].includes(typeof value))
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}
