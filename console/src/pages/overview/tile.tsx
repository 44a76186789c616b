import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { nothing } from '../../format/format-value.ts';
import { Cancelled, Failure, Loading, NotPermitted } from '../../parts/states.tsx';
import type { Reading } from '../../parts/use-report.ts';
import { useConsole } from '../../session/console-context.ts';
import type { Compared } from './figures.ts';

/** One figure, and how it moved. */
export function Tile({
  title,
  about,
  reading,
  figure,
  write = String,
  isShare = false,
  isBetterLow = false,
  children,
}: {
  readonly title: string;
  readonly about: string;
  readonly reading: Reading;
  readonly figure?: Compared | undefined;
  readonly write?: (value: number) => string;
  /** Its change is told in percentage points. */
  readonly isShare?: boolean;
  /** Less of it is better. */
  readonly isBetterLow?: boolean;
  /** What to show instead of a figure. */
  readonly children?: ComponentChildren;
}) {
  const id = useId();
  return (
    <section class="tile" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {reading.state === 'absent' && <NotPermitted />}
      {reading.state === 'loading' && (
        <Loading what={title} progress={reading.progress} startedAt={reading.startedAt} />
      )}
      {reading.state === 'failed' && <Failure problem={reading.problem} retry={reading.retry} />}
      {reading.state === 'cancelled' && <Cancelled retry={reading.retry} />}
      {reading.state === 'ready' && (
        <>
          {children ?? <p class="figure">{figure?.now === undefined ? nothing : write(figure.now)}</p>}
          {figure && <Change figure={figure} isShare={isShare} isBetterLow={isBetterLow} />}
          <p class="about">{about}</p>
        </>
      )}
    </section>
  );
}

/** Said in words and by an arrow, not by its colour alone. */
function Change({
  figure: { now, before },
  isShare,
  isBetterLow,
}: {
  readonly figure: Compared;
  readonly isShare: boolean;
  readonly isBetterLow: boolean;
}) {
  const { formats } = useConsole();
  if (now === undefined || before === undefined || (!isShare && before === 0)) {
    return <p class="change">no period before to compare with</p>;
  }
  const change = isShare ? now - before : now / before - 1;
  const amount = isShare
    ? `${formats.number(Math.round(Math.abs(change) * 1_000) / 10)} points`
    : formats.percent(Math.abs(change));
  if (Math.abs(change) < 0.0005) return <p class="change">as in the period before</p>;
  const isGood = change > 0 !== isBetterLow;
  return (
    <p class={isGood ? 'change better' : 'change worse'}>
      <span aria-hidden="true">{change > 0 ? '▲' : '▼'}</span> {amount} {change > 0 ? 'more' : 'less'} than in the
      period before
    </p>
  );
}
