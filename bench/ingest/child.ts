import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A script of this folder in a process of its own that answers one message after the other. */
export interface Child {
  readonly pid: number;
  /** Of what it says by itself, the first. */
  readonly greeting: () => Promise<unknown>;
  ask<Answer>(question: object): Promise<Answer>;
  end(): Promise<void>;
}

export function startChild(script: string): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = fork(path, { execArgv: ['--import', 'tsx'] });
  const greeted = nextMessage(child);
  greeted.catch(() => undefined);
  return {
    pid: child.pid!,
    greeting: () => greeted,
    async ask<Answer>(question: object) {
      const answer = nextMessage(child);
      child.send(question);
      return (await answer) as Answer;
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const [message] = (await Promise.race([
    once(child, 'message', { signal: ended.signal }),
    once(child, 'exit', { signal: ended.signal }).then(([code]) => {
      throw new Error(`a process of the bench ended with ${code}`);
    }),
  ]).finally(() => ended.abort())) as [unknown];
  if (typeof message === 'object' && message !== null && 'error' in message) throw new Error(String(message.error));
  return message;
}
