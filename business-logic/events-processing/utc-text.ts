/** Milliseconds since the epoch as `YYYY-MM-DD HH:MM:SS.mmm` in UTC: the form that the OpenX SerDe reads as a timestamp. */
export function utcText(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 23).replace('T', ' ');
}
