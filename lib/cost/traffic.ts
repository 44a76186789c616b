import { bufferMegabytes } from '../../business-logic/events-processing/limits.ts';
import { assumed } from './assumed.ts';
import type { Load } from './load.ts';
import { measured } from './measured.ts';

/** Hours of a month, as AWS counts them. */
export const monthHours = 730;
export const monthSeconds = monthHours * 3_600;
export const monthDays = monthHours / 24;

/** `packed`: a request is one record. `single`: every event of it is one. */
export type Packing = 'packed' | 'single';

/** What flows in a month. */
export interface Traffic {
  readonly events: number;
  readonly requests: number;
  readonly records: number;
  /** Length of a record, in bytes. */
  readonly recordBytes: number;
  /** Invocations of the transform. */
  readonly transforms: number;
}

/** The traffic of a load, its events packed or each for itself. */
export function trafficOf(load: Load, packing: Packing, transformSeconds: number): Traffic {
  const { eventsPerSecond, eventsPerRequest, eventBytes } = load;
  const events = eventsPerSecond * monthSeconds;
  const requests = events / eventsPerRequest;
  const { packed, single } = measured.envelopeBytes;
  const records = packing === 'packed' ? requests : events;
  // Events in an array have commas between them.
  const packedBytes = packed + eventsPerRequest * eventBytes + eventsPerRequest - 1;
  const recordBytes = packing === 'packed' ? packedBytes : single + eventBytes;
  const buffers = Math.max(monthSeconds / transformSeconds, (records * recordBytes) / (bufferMegabytes * 1024 ** 2));
  return { events, requests, records, recordBytes, transforms: Math.min(records, buffers) };
}

/** Tokens that send. */
export const tokensOf = ({ games }: Load): number => games * assumed.tokensPerGame;
