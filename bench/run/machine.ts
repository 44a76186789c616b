import { availableParallelism, cpus } from 'node:os';

/** What figures were measured on. */
export interface Machine {
  /** Version of Node. */
  readonly node: string;
  readonly cpu: { readonly model: string; readonly cores: number };
}

export const thisMachine = (): Machine => ({
  node: process.version,
  cpu: { model: cpus()[0]?.model.trim() || 'unknown', cores: availableParallelism() },
});

export const describeMachine = ({ node, cpu: { model, cores } }: Machine): string =>
  `Node ${node} on ${cores} × ${model}`;

/** Whether times of one say something beside times of the other. */
export const isSameMachine = (left: Machine, right: Machine): boolean =>
  left.cpu.model === right.cpu.model && left.cpu.cores === right.cpu.cores;
