import { z } from 'zod';

/** Retention periods CloudWatch Logs knows (PutRetentionPolicy). */
export const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** A whole number within bounds, both of them allowed. */
export function wholeNumber(minimum: number, maximum: number) {
  const error = `allowed: a whole number from ${minimum} to ${maximum}`;
  return z.int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** Text of a form; `allowed` says the form in words. */
export function text(pattern: RegExp, allowed: string) {
  const error = `allowed: ${allowed}`;
  return z.string({ error }).regex(pattern, { error });
}

/** A switch. */
export const flag = () => z.boolean({ error: 'allowed: true or false' });

/** A switch whose "on" is not built. */
export const notBuiltYet = (what: string) =>
  flag().refine((on) => !on, { error: `${what} is not built yet; allowed: false` });

/** A time in days. */
export const days = () => wholeNumber(1, 3650);

/** A name that Glue and Athena take without quotes. */
export const glueName = () =>
  text(/^[a-z_][a-z0-9_]{0,127}$/, 'lower-case letters, digits and _, not starting with a digit');

/** A folder of the lake. */
export const prefix = () => text(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'one folder name: lower-case letters, digits, _ and -');

/** A web origin, or `*` for every one. */
export const origin = () =>
  text(/^(\*|https?:\/\/[a-z0-9.-]+(:\d{1,5})?)$/, '"*" or an origin such as https://game.example.com');

const redshiftPorts = { error: 'allowed: a port from 5431 to 5455 or from 8191 to 8215' };

const isRedshiftPort = (port: number): boolean => (port >= 5_431 && port <= 5_455) || (port >= 8_191 && port <= 8_215);

/** A port that Redshift Serverless listens on (CreateWorkgroup). */
export const redshiftPort = () => z.int(redshiftPorts).refine(isRedshiftPort, redshiftPorts);
