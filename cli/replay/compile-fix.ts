import { existsSync, readFileSync } from 'node:fs';
import jsonata from 'jsonata';
import { changeExactly } from '../../business-logic/events-processing/exact-json.ts';
import { UsageError } from '../run-cli.ts';
import type { Arrival } from './arrival.ts';

/** Repairs an event: its JSON text, or why it is left. */
export type Fix = (text: string, arrival: Arrival) => Promise<{ readonly text: string } | { readonly left: string }>;

/** An expression may take so long for one event, and call itself so deep. */
const limits = { timeout: 1_000, stack: 1_000 };

/**
 * Compiles a repair: a JSONata expression, or a file that holds one. It is given the event and answers the event as it
 * should have been; where it answers nothing, the event is left. It knows why the event was rejected: `$reason`, `$errors`,
 * `$source`, `$application_id`, `$request_id`, `$role` and `$received_at` (milliseconds).
 * @throws UsageError for what is no expression
 */
export function compileFix(expressionOrFile: string): Fix {
  const isFile = existsSync(expressionOrFile);
  const source = isFile ? readFileSync(expressionOrFile, 'utf8') : expressionOrFile;
  const expression = compile(source, isFile ? expressionOrFile : '--fix');
  return async (text, { reason, errors, source: from, stamps }) => {
    const bindings = { reason, errors: [...errors], source: from, ...bound(stamps) };
    let problem: string | undefined;
    try {
      const fixed = await changeExactly(text, async (event) => {
        const answer: unknown = await expression.evaluate(event, bindings);
        const isEvent = typeof answer === 'object' && answer !== null && !Array.isArray(answer);
        if (!isEvent) problem = answer === undefined ? 'the fix leaves it out' : 'the fix does not answer an event';
        return answer;
      });
      return problem === undefined ? { text: fixed } : { left: problem };
    } catch (error) {
      return { left: `the fix fails: ${codeOf(error)}` };
    }
  };
}

const bound = ({ application_id, request_id, role, received_at }: Arrival['stamps']) => ({
  application_id,
  request_id,
  role,
  received_at,
});

function compile(source: string, name: string): jsonata.Expression {
  try {
    return jsonata(source, limits);
  } catch (error) {
    const { message, position } = error as jsonata.JsonataError;
    throw new UsageError(`${name} is no JSONata expression: ${message} (at character ${position})`);
  }
}

/** The code of JSONata's error, never its message: that quotes values. */
function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
}
