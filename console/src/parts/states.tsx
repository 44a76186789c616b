import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../data/problem.ts';
import type { Progress } from '../data/read-report.ts';
import { useConsole } from '../session/console-context.ts';

/** While something is asked for: after a moment what it does, how long it has been, and a way out. */
export function Loading({
  what,
  progress,
  startedAt,
  cancel,
}: {
  readonly what: string;
  readonly progress?: Progress | undefined;
  readonly startedAt: number;
  readonly cancel?: () => void;
}) {
  const { formats } = useConsole();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.round((Date.now() - startedAt) / 1_000)), 500);
    return () => clearInterval(timer);
  }, [startedAt]);
  const doing = progress?.phase === 'reading' ? `${formats.number(progress.rows)} rows read` : 'the query runs';
  return (
    <div class="state loading" role="status">
      <progress aria-label={`${what} is loading`} />
      {seconds >= 1 && (
        <p>
          {doing}, {formats.number(seconds)} s
        </p>
      )}
      {seconds >= 1 && cancel && (
        <button type="button" onClick={cancel}>
          Cancel
        </button>
      )}
    </div>
  );
}

/** What went wrong, what to do, and the button to do it. */
export function Failure({ problem, retry }: { readonly problem: Problem; readonly retry?: (() => void) | undefined }) {
  return (
    <div class="state failure" role="alert">
      <p class="strong">{problem.message}</p>
      <p>{problem.advice}</p>
      {retry && problem.kind !== 'not permitted' && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

export function Cancelled({ retry }: { readonly retry: () => void }) {
  return (
    <div class="state">
      <p>Cancelled.</p>
      <button type="button" onClick={retry}>
        Ask again
      </button>
    </div>
  );
}

/** No rows, and what fills them. */
export function Empty({ children }: { readonly children?: ComponentChildren }) {
  const { source } = useConsole();
  return (
    <div class="state empty">
      <p class="strong">There is nothing here yet.</p>
      {children}
      {source.role === 'admin' ? (
        <p>
          <code>npm run generate</code> sends events, <code>npm run workflow</code> brings them into the reports. Or
          choose another period or game.
        </p>
      ) : (
        <p>Events show after the next run of the workflow. Or choose another period or game.</p>
      )}
    </div>
  );
}

export function NotPermitted() {
  const { source } = useConsole();
  return (
    <div class="state">
      <p>{source.role === 'studio' ? 'A studio’s token does not read this.' : 'This token does not read this.'}</p>
    </div>
  );
}
