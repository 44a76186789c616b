import { createHash } from 'node:crypto';

/** What the server knew of the request that first brought an event; sent again as it was. */
export interface Stamps {
  readonly application_id?: string | undefined;
  readonly api_key_id?: string | undefined;
  readonly role: string;
  /** Undefined for a single event that its writer put into the stream itself. */
  readonly request_id?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly received_at: number;
  readonly country?: string | undefined;
}

/** An event that arrived once and did not get into the lake's events. */
export interface Arrival {
  /** `rejected`, or the folder of `firehose-errors/` that it lies in. */
  readonly source: string;
  /** Code of the rejection, or of Firehose's error. */
  readonly reason: string;
  /** What the rejection says of it. */
  readonly errors: readonly string[];
  readonly stamps: Stamps;
  /** Its place in its request. */
  readonly position: number;
  readonly eventType: string | undefined;
  readonly eventVersion: string | undefined;
  readonly appVersion: string | undefined;
  /** Stands for this arrival, whenever it is found. */
  readonly key: string;
  /** What reports tell a rejected row by; undefined for what never was one. */
  readonly of: string | undefined;
  readonly content: Content;
}

/** The event as it was received, or how to get at it. */
export type Content =
  | { readonly text: string }
  /** Encrypted as a whole (`original` of account events), in pieces. */
  | { readonly sealed: readonly string[]; readonly playerId: string | undefined }
  /** An accepted row without its original: its fields, some of them encrypted. */
  | { readonly row: RebuiltEvent }
  | { readonly unusable: string };

/** What an accepted row says of its event. */
export interface RebuiltEvent {
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly playerId: string | undefined;
  /** JSON text. */
  readonly eventData: string | undefined;
}

/** A digest that is equal for equal parts; 32 characters of hex. */
export const keyOf = (...parts: readonly (string | number | undefined)[]): string =>
  createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('hex')
    .slice(0, 32);
