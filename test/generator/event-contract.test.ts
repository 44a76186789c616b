import { describe, expect, it } from 'vitest';
import { declaredEvents } from '../../business-logic/events-processing/declared-events.ts';
import { envelopeErrors } from '../../business-logic/events-processing/envelope-errors.ts';
import { processEvent } from '../../business-logic/events-processing/process-event.ts';
import type { RawRow } from '../../business-logic/events-processing/raw-row.ts';
import { readRecord } from '../../business-logic/events-processing/read-record.ts';
import { rowWriter } from '../../business-logic/events-processing/row-line.ts';
import { isAccountEventType } from '../../business-logic/shared/account-event-types.ts';
import { readEventSchemas } from '../../lib/schemas/read-event-schemas.ts';
import type { Outgoing } from '../../generator/event-stream.ts';
import { aRun, someOptions } from '../support/a-run.ts';

const schemas = readEventSchemas('config/events');
const rules = {
  envelopeErrors,
  findDeclaredEvent: declaredEvents(schemas),
  rejectsUndeclared: false,
  maxEventAgeDays: 400,
};
const arrivedAt = someOptions().end + 1000;
const registered = (id: string) => id.startsWith('game-');

/** What the transform makes of an event, as it comes through the API or straight from the stream. */
function judge({ game, json }: Outgoing): RawRow {
  const packed = `{"application_id":"game-${game}","role":"game","request_id":"r","received_at":${arrivedAt},"events":[${json}]}`;
  const [{ request, events }] = readRecord(Buffer.from(game === undefined ? json : packed), arrivedAt) as [
    ReturnType<typeof readRecord>[number],
  ];
  const [event] = [...events];
  const id = request.application_id ?? '';
  const application = registered(id) ? { application_id: id, application_name: id } : undefined;
  const context = { request, application, processedAt: arrivedAt };
  return JSON.parse(rowWriter(context)(processEvent(event!, context, rules))) as RawRow;
}

describe('generated events, judged by the transform itself', () => {
  const { sent, truth } = aRun({ events: 30_000, malformed: 0.1, unregistered: 0.02, undeclared: 0.02 });
  const rows = sent.map((event) => judge(event));

  it('are accepted as often as the truth says', () => {
    const ids = new Set(
      rows.filter((row) => row.status === 'accepted').map((row) => `${row.application_id} ${row.event_id}`),
    );
    expect(ids.size).toBe(truth.accepted);
    const accepted = rows.filter((row) => row.status === 'accepted').length;
    expect(accepted - ids.size).toBe(truth.duplicates);
  });

  it('are rejected for the reasons the truth says, each reason that the API can meet among them', () => {
    const counts = new Map<string, number>();
    for (const row of rows.filter((one) => one.status === 'rejected')) {
      const { code } = JSON.parse(row.rejection!) as { code: string };
      const key = `${row.application_id} ${code}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const expected = truth.rejected_events.map((row) => [`${row.application_id} ${row.reason}`, row.events] as const);
    expect(counts).toEqual(new Map(expected));
    expect(new Set(truth.rejected_events.map((row) => row.reason))).toEqual(
      new Set([
        'invalid_envelope',
        'invalid_event_id',
        'invalid_timestamp',
        'event_data_too_large',
        'schema_mismatch',
        'unregistered_application',
      ]),
    );
  });

  it('happen when the generator says they do', () => {
    const days = new Map<string, number>();
    for (const row of new Map(
      rows.filter((one) => one.status === 'accepted').map((one) => [`${one.application_id} ${one.event_id}`, one]),
    ).values()) {
      const key = `${row.application_id} ${row.event_at?.slice(0, 10)} ${row.event_type}`;
      days.set(key, (days.get(key) ?? 0) + 1);
    }
    const expected = truth.events_per_day.map(
      (day) => [`${day.application_id} ${day.event_date} ${day.event_type}`, day.events] as const,
    );
    expect(days).toEqual(new Map(expected));
  });

  it('show every event type that a game may send, and name no field that its schema does not', () => {
    const types = Object.keys(schemas).filter((type) => !isAccountEventType(type));
    expect(types.filter((type) => !truth.events_per_day.some((row) => row.event_type === type))).toEqual([]);
    const strange = new Set<string>();
    for (const { json } of aRun({ events: 20_000, malformed: 0 }).sent) {
      const event = JSON.parse(json) as { event_type: string; event_data: Record<string, unknown> };
      const [schema] = schemas[event.event_type]!;
      for (const name of Object.keys(event.event_data))
        if (!(name in schema!.properties)) strange.add(`${event.event_type}.${name}`);
    }
    expect([...strange]).toEqual([]);
  });
});
