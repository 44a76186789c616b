import { formatTable } from '../format-table.ts';
import type { Tally, TallyRow } from './tally.ts';

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

/** Kinds of arrivals that are shown, the most frequent first. */
const shownRows = 40;

/** Characters of a sample that are shown. */
const sampleCharacters = 600;

/** What a replay found and would do, for people. */
export function describeTally({ rows, left, rejected, samples, toSend }: Tally): string {
  if (rows.length === 0) return 'nothing is there to be replayed';
  const table = formatTable(
    columns,
    rows
      .slice(0, shownRows)
      .map((row) => [
        row.source,
        row.reason,
        row.eventType,
        row.appVersion,
        row.applicationId,
        String(row.events),
        String(row.accepted),
        String(row.rejected),
        String(row.replayed),
        String(row.left),
      ]),
  );
  const rest = rows.slice(shownRows);
  const lines = [
    ...(rest.length > 0 ? [`and ${rest.length} kinds more, with ${total(rest, 'events')} events`] : []),
    ...byReason(rows),
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

/** One line for each reason, where several rows have it. */
function byReason(rows: readonly TallyRow[]): string[] {
  const reasons = [...new Set(rows.map(({ reason }) => reason))];
  return reasons.flatMap((reason) => {
    const alike = rows.filter((row) => row.reason === reason);
    if (alike.length < 2) return [];
    return [`${reason}: ${total(alike, 'events')} events, of which ${total(alike, 'accepted')} are accepted now`];
  });
}

const total = (rows: readonly TallyRow[], count: 'events' | 'accepted'): number =>
  rows.reduce((sum, row) => sum + row[count], 0);

const shorten = (text: string): string =>
  text.length <= sampleCharacters ? text : `${text.slice(0, sampleCharacters)}…`;
