/** A partition of the events table: one game on one day. */
export interface Place {
  readonly applicationId: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly eventDate: string;
}

/** The same for the same place. */
export function placeKey({ applicationId, eventDate }: Place): string {
  return `${eventDate} ${applicationId}`;
}

export function placeOfKey(key: string): Place {
  return { eventDate: key.slice(0, 10), applicationId: key.slice(11) };
}

/** A day some days later, or earlier. */
export function shiftDay(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A partition's value as Hive and Spark write it into a path. */
export function escapeValue(value: string): string {
  // oxlint-disable-next-line no-control-regex -- Hive escapes them
  return value.replaceAll(/[\u0001-\u001f\u007f"#%'*/:=?\\{[\]^]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

export function unescapeValue(text: string): string {
  return text.replaceAll(/%([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
