const dayMilliseconds = 86_400_000;

/** The day (UTC) so many days before a moment's, `YYYY-MM-DD`. */
export const daysBefore = (moment: Date, days: number): string =>
  new Date(moment.getTime() - days * dayMilliseconds).toISOString().slice(0, 10);
