import { formatTable } from '../format-table.ts';
import type { Tally } from './tally.ts';

const columns = [
  'source',
  'reason',
  'event_type',
  'app_version',
  'application_id',
  'events',
  'accepted now',
  'rejected again',
  'replayed before',
  'left',
];

/** Characters of a sample that are shown. */
const sampleCharacters = 600;

/** What a replay found and would do, for people. */
export function describeTally({ rows, left, rejected, samples, toSend }: Tally): string {
  if (rows.length === 0) return 'nothing is there to be replayed';
  const table = formatTable(
    columns,
    rows.map((row) => [
      row.source,
      row.reason,
      row.eventType,
      row.appVersion,
      row.applicationId,
      ...[row.events, row.accepted, row.rejected, row.replayed, row.left].map(String),
    ]),
  );
  const lines = [
    ...samples.flatMap(({ reason, before, after }) => [
      `${reason}, before: ${shorten(before)}`,
      `${reason}, after:  ${before === after ? 'the same' : shorten(after)}`,
    ]),
    ...[...rejected].map(([code, events]) => `rejected again: ${events} as ${code}`),
    ...[...left].map(([why, events]) => `left: ${events}, because ${why}`),
    `to be sent: ${toSend}`,
  ];
  return [table, ...lines].join('\n');
}

const shorten = (text: string): string =>
  text.length <= sampleCharacters ? text : `${text.slice(0, sampleCharacters)}…`;
