/** SQL whose table of everything received is called what RAW_EVENTS_TABLE calls it: files call it `raw_events`. */
export const withRawTable = (sql: string, rawEventsTable: string): string =>
  sql.replaceAll(/\braw_events\b/g, rawEventsTable);
