import { AwsError } from '../../runtime.ts';
import type { Input, Wire } from './input.ts';

/** AWS JSON 1.0: the action is named by X-Amz-Target, moments are seconds since the epoch. */
export const inJson: Wire = {
  read({ target = '', body }) {
    try {
      const input = JSON.parse(body.toString('utf8') || '{}') as Input;
      return { action: target, input: input ?? {} };
    } catch {
      throw new AwsError('SerializationException', 'the request body is not valid JSON');
    }
  },
  write: (_action, output) => ({
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(withSeconds(output)),
  }),
};

/** JSON.stringify would write a Date as text before anybody could say otherwise. */
function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withSeconds(one)]));
}
