import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FirehoseTransformationResultRecord } from 'aws-lambda';
import { functionVariables } from '../functions/function-variables.ts';
import type { AssemblyFunction } from '../functions/functions-of.ts';

/** Whose work is measured: the function's, or the least that any function would have to do. */
export type Arm = 'handler' | 'floor';

interface Tasks {
  /** The answer to each batch. */
  readonly answers: readonly (readonly FirehoseTransformationResultRecord[])[];
  /** For all batches; `characters` is the length of what all records are answered with. */
  readonly time: { readonly milliseconds: number; readonly characters: number };
  /** For the first batch; `collections` of garbage that took place meanwhile, which make bytes too few. */
  readonly bytes: { readonly bytes: number; readonly collections: number };
}

/** A process with the handler of an assembly and the floor in it, both warm or cold together. */
export interface MeasuredProcess {
  ask<Task extends keyof Tasks>(task: Task, arm: Arm, eventsPerRecord: number): Promise<Tasks[Task]>;
  stop(): void;
}

export interface MeasuredProcessOptions {
  readonly transform: AssemblyFunction;
  /** Where AWS is asked. */
  readonly awsUrl: string;
  /** JSON of the batches by the number of events in a record. */
  readonly batchesPath: string;
  /** Node's own. */
  readonly flags?: readonly string[];
}

type Answer = { readonly result: unknown } | { readonly problem: string };

const child = fileURLToPath(new URL('arms.mjs', import.meta.url));

/** Starts a process and waits until the handler is there. @throws Error where it does not get so far */
export async function startMeasured(options: MeasuredProcessOptions): Promise<MeasuredProcess> {
  const { transform, awsUrl, batchesPath, flags = [] } = options;
  const started = fork(child, {
    // Standard output belongs to the function's log.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: ['--expose-gc', ...flags],
    serialization: 'advanced',
    env: {
      ...functionVariables(transform.variables, awsUrl),
      BENCH_ENTRY: pathToFileURL(join(transform.folder, 'index.mjs')).href,
      BENCH_BATCHES: batchesPath,
    },
  });
  await nextAnswer(started);
  return {
    async ask(task, arm, eventsPerRecord) {
      started.send({ task, arm, eventsPerRecord });
      return (await nextAnswer(started)) as Tasks[typeof task];
    },
    stop() {
      started.kill();
    },
  };
}

const nextAnswer = (started: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the measured process ended with ${code}`));
    started.once('exit', ended).once('message', (message) => {
      started.off('exit', ended);
      const answer = message as Answer;
      if ('problem' in answer) reject(new Error(answer.problem));
      else resolve(answer.result);
    });
  });
