import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Calls of one event. */
export interface Calls {
  readonly event: unknown;
  /** What every answer has to say, as JSON. */
  readonly expects: string;
  /** How many, one after the other: as Lambda calls what it started. */
  readonly calls: number;
}

/** A function that has started. */
export interface FunctionProcess {
  /**
   * Milliseconds of all calls together.
   * @throws Error where one fails, or answers something else
   */
  call(calls: Calls): Promise<number>;
  stop(): void;
}

type Done = { readonly milliseconds: number } | { readonly failed: string };

const child = fileURLToPath(new URL('call-function.mjs', import.meta.url));
/** Of what a function that fails wrote to its log last. */
const shownCharacters = 1_000;

/**
 * Starts a module that exports `handler`, in a process with these variables alone. What it logs goes nowhere.
 * @param name what errors call it
 */
export function functionProcess(name: string, entry: string, env: Readonly<Record<string, string>>): FunctionProcess {
  const process_ = fork(child, [entry], { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let log = '';
  process_.stderr!.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-shownCharacters);
  });
  return {
    call: async (calls) => {
      const done = await new Promise<Done>((resolve) => {
        const ended = (code: number | null) => resolve({ failed: `it ended with ${code}` });
        process_.once('exit', ended);
        process_.once('message', (message: Done) => {
          process_.off('exit', ended);
          resolve(message);
        });
        process_.send(calls);
      });
      if ('failed' in done) throw new Error(`${name}: ${done.failed} ${log}`.trimEnd());
      return done.milliseconds;
    },
    stop: () => void process_.kill(),
  };
}
