import { declaredEvents } from '../../../business-logic/events-processing/declared-events.ts';
import { envelopeErrors } from '../../../business-logic/events-processing/envelope-errors.ts';
import type { TransformDeps } from '../../../business-logic/events-processing/transform-batch.ts';
import { transformBatch } from '../../../business-logic/events-processing/transform-batch.ts';
import type { EventRules } from '../../../business-logic/events-processing/judge-event.ts';
import { readEventSchemas } from '../../../lib/schemas/read-event-schemas.ts';
import { firehoseBatch, packed, rowsOf } from '../../support/firehose-batch.ts';

export const processedAt = Date.UTC(2026, 8, 21, 14, 14, 0, 250);

export const schemas = readEventSchemas('config/events');

/** The transform with two registered games, the project's own schemas and a clock that stands still. */
export function aTransform(overrides: Partial<TransformDeps> & { readonly rules?: EventRules } = {}) {
  return transformBatch({
    findApplication: async (id) =>
      ['game-a', 'game-b'].includes(id) ? { application_id: id, application_name: `Name of ${id}` } : undefined,
    openKeys: async () => Promise.reject(new Error('nothing here is personal')),
    rules: someRules(),
    now: () => processedAt,
    logger: { info: () => {}, warn: () => {} },
    ...overrides,
  });
}

/** Compiled once: making a validator costs more than a thousand events. */
const findDeclaredEvent = declaredEvents(schemas);

export function someRules(overrides: Partial<EventRules> = {}): EventRules {
  return { envelopeErrors, findDeclaredEvent, rejectsUndeclared: false, maxEventAgeDays: 400, ...overrides };
}

/** The rows that one record becomes. */
export async function transformed(data: unknown, overrides: Parameters<typeof aTransform>[0] = {}) {
  const { records } = await aTransform(overrides)(firehoseBatch(data));
  const [record] = records;
  if (record?.result !== 'Ok') throw new Error(`the record was answered with ${record?.result}`);
  return rowsOf(record);
}

/** The row that one event of a packed request becomes; the event may be JSON text. */
export async function rowOf(event: unknown, overrides: Parameters<typeof aTransform>[0] = {}) {
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  const [row, ...others] = await transformed(packed(`[${text}]`), overrides);
  if (!row || others.length > 0) throw new Error(`expected one row and got ${others.length + (row ? 1 : 0)}`);
  return row;
}
