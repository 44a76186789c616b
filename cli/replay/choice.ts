import type { Arrival } from './arrival.ts';

/** Which arrivals a replay takes. An empty list stands for all. */
export interface Choice {
  /** Of arrival, in milliseconds since the epoch; `until` is the first that is not taken. */
  readonly since: number;
  readonly until: number;
  /** `rejected`, or folders of `firehose-errors/`. */
  readonly sources: readonly string[];
  readonly reasons: readonly string[];
  readonly types: readonly string[];
  /** `event_version` of the event, `app_version` of the game. */
  readonly eventVersions: readonly string[];
  readonly appVersions: readonly string[];
  readonly applications: readonly string[];
}

/** Whether an arrival is among those that are chosen. */
export function isChosen(arrival: Arrival, choice: Choice): boolean {
  const { received_at: receivedAt, application_id: applicationId } = arrival.stamps;
  return (
    receivedAt >= choice.since &&
    receivedAt < choice.until &&
    isAmong(choice.sources, arrival.source) &&
    isAmong(choice.reasons, arrival.reason) &&
    isAmong(choice.types, arrival.eventType) &&
    isAmong(choice.eventVersions, arrival.eventVersion) &&
    isAmong(choice.appVersions, arrival.appVersion) &&
    isAmong(choice.applications, applicationId)
  );
}

const isAmong = (values: readonly string[], value: string | undefined): boolean =>
  values.length === 0 || (value !== undefined && values.includes(value));
